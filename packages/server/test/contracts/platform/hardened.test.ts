import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenPassword } from "../../given.js";
import { expectAuthorized, expectPending } from "./expect-progress.js";
import {
  type Client,
  codeTo,
  linkTo,
  linkToken,
  makePerson,
  messagesTo,
  newAddresses,
  objectOf,
  type Person,
  restSending,
  setUp,
  signIn,
  step,
  tokenOf,
} from "./people.js";
import { expectRefused } from "./row.js";
import { fullClient, legalClient } from "./session-in.js";
import { bearing, type Stage, useStage } from "./stage.js";
import { changeStatus, sentBy } from "./step-rows.js";

const newPassword = "Another-Horse-9-battery";

type Found = Pick<Person, "email" | "phone">;

describeOnEveryEngine("a hardened mount", (engine) => {
  const stage = useStage(engine).at({ mount: "hardened" });
  const client = async (): Promise<Client> => ({ stage, key: await stage.ownKey() });
  const refused = async (sent: Parameters<typeof stage.ask>[0], code: string): Promise<void> =>
    expectRefused(await stage.ask(sent), { code });

  /** Everybody and nobody, as somebody would look for them. */
  const everybody: Readonly<Record<string, (stage: Stage) => Promise<Found>>> = {
    "somebody with a password": (own) => makePerson(own),
    "somebody without a password": (own) => makePerson(own, { password: false }),
    "somebody without a number": (own) => makePerson(own, { phone: false }),
    "somebody restricted": (own) => whoIs(own, "restrict"),
    "somebody closed": (own) => whoIs(own, "close"),
    "somebody denied": (own) => whoIs(own, "deny"),
    "somebody deleted": (own) => whoIs(own, "delete"),
    nobody: async () => newAddresses(),
  };
  const whoIs = async (own: Stage, act: string): Promise<Found> => {
    const person = await makePerson(own);
    await changeStatus(own, act, person);
    return person;
  };

  describe("answers everybody alike", { concurrency: 4 }, () => {
    for (const [who, find] of Object.entries(everybody)) {
      test(`${who} is asked for a password, and any other is wrong`, async () => {
        const own = await client();
        const begun = await step(own, "/auth/login", { login_id: (await find(stage)).email });
        expectPending(begun, "checkpassword", { disclaimers_required: [] });
        for (let tries = 0; tries < 5; tries += 1)
          await refused(sentBy(own, begun, "/auth/checkpassword", { password: "wrong" }), "auth.password.invalid");
        await refused(sentBy(own, begun, "/auth/checkpassword", { password: "wrong" }), "auth.session.invalid");
      });

      test(`${who} is told that a code was sent, and that a link was mailed`, async () => {
        const own = await client();
        const found = await find(stage);
        const { email: loginId } = found;
        const begun = await step(own, "/auth/recovery/recover", { login_id: loginId, method: "PHONE" });
        expectPending(begun, "recovery-checkotp", { verification: "PHONE", user_phone: "***" });
        await refused(sentBy(own, begun, "/auth/recovery/checkotp", { otp: "no code" }), "auth.otp.invalid");
        await refused(sentBy(own, begun, "/auth/resendotp", {}), "request.rate.exceeded");
        await refused(
          { method: "POST", path: "/auth/recovery/recover", json: { login_id: loginId, method: "PHONE" } },
          "request.rate.exceeded",
        );
        await restSending(stage, found);
        const { expires_in: _, ...resent } = await step(own, "/auth/resendotp", {}, begun);
        assert.deepEqual(resent, { session_state: "recovery-checkotp", verification: "PHONE", user_phone: "***" });
        await restSending(stage, found);
        const mailed = await step(own, "/auth/recovery/recover", { login_id: loginId, method: "MAIL" });
        assert.deepEqual(mailed, { user_email: `p***@${loginId.split("@")[1] ?? ""}` });
      });
    }

    test("what was sent to somebody limits what is sent to him by another name as it limits nobody", async () => {
      const own = await client();
      for (const [method, other] of [
        ["PHONE", "MAIL"],
        ["MAIL", "PHONE"],
      ] as const)
        for (const find of [() => makePerson(stage), async () => newAddresses()]) {
          const { email, phone } = await find();
          const named = method === "PHONE" ? email : phone;
          await step(own, "/auth/recovery/recover", { login_id: named, method });
          const again = { method: "POST", path: "/auth/recovery/recover", json: { login_id: named, method: other } };
          await refused(again, "request.rate.exceeded");
          await refused({ method: "POST", path: "/auth/signup", json: { login_id: named } }, "request.rate.exceeded");
        }
    });

    test("nobody learns whose number it is by what was sent to it", async () => {
      const own = await client();
      for (const find of [() => makePerson(stage), async () => newAddresses()]) {
        const { email, phone } = await find();
        const signUp = await step(own, "/auth/signup", { login_id: email });
        await restSending(stage, { email });
        await step(own, "/auth/signup", { login_id: phone });
        const begun = await step(own, "/auth/recovery/recover", { login_id: email, method: "PHONE" });
        expectPending(begun, "recovery-checkotp", { verification: "PHONE", user_phone: "***" });
        await restSending(stage, { email, phone });
        await step(own, "/auth/signup", { login_id: phone });
        await step(own, "/auth/resendotp", {}, begun);
        for (let tries = 0; tries < 5; tries += 1)
          await refused(sentBy(own, begun, "/auth/recovery/checkotp", { otp: "no code" }), "auth.otp.invalid");
        await refused(sentBy(own, signUp, "/auth/signup/checkotp", { otp: "no code" }), "request.rate.exceeded");
      }
    });

    for (const [who, find] of Object.entries(everybody))
      test(`wrong codes for ${who} count alike, whatever they were asked for`, async () => {
        const own = await client();
        const found = await find(stage);
        const signUp = await step(own, "/auth/signup", { login_id: found.email });
        await restSending(stage, found);
        const recovery = await step(own, "/auth/recovery/recover", { login_id: found.email, method: "PHONE" });
        for (let tries = 0; tries < 5; tries += 1)
          await refused(sentBy(own, recovery, "/auth/recovery/checkotp", { otp: "no code" }), "auth.otp.invalid");
        await refused(sentBy(own, signUp, "/auth/signup/checkotp", { otp: "no code" }), "request.rate.exceeded");
      });

    test("locks the password of nobody as it locks somebody's", async () => {
      const own = await client();
      for (const loginId of [(await makePerson(stage)).email, newAddresses().email]) {
        const begun = await step(own, "/auth/login", { login_id: loginId });
        for (let tries = 0; tries < 5; tries += 1)
          await stage.ask(sentBy(own, begun, "/auth/checkpassword", { password: "wrong" }));
        const other = await step(own, "/auth/login", { login_id: loginId });
        const answer = await stage.ask(sentBy(own, other, "/auth/checkpassword", { password: "wrong" }));
        expectRefused(answer, { code: "request.rate.exceeded", headers: { "retry-after": /^(60|5\d)$/ } });
      }
    });

    test("does not recover by question, whatever the key says", async () => {
      const { key } = await fullClient(stage);
      for (const loginId of [(await makePerson(stage)).email, newAddresses().email])
        await refused(
          {
            method: "POST",
            path: "/auth/recovery/recover",
            json: { login_id: loginId, method: "QUESTION" },
            key: key.key,
          },
          "recovery.method.restricted",
        );
    });

    test("a sign-up of an address that is taken goes on as any other, and its owner gets a letter", async () => {
      const own = await client();
      for (const kind of ["email", "phone"] as const) {
        const person = await makePerson(stage);
        const { [kind]: free } = newAddresses();
        const taken = person[kind];
        for (const loginId of [taken, free]) {
          const masked =
            kind === "phone" ? { user_phone: `+98********${loginId.slice(-2)}` } : { user_email: "p***@example.org" };
          const begun = await step(own, "/auth/signup", { login_id: loginId });
          expectPending(begun, "signup-checkotp", { disclaimers_required: [], ...masked });
          await refused(sentBy(own, begun, "/auth/signup/checkotp", { otp: "no code" }), "auth.otp.invalid");
          await restSending(stage, { [kind]: loginId });
          const { expires_in: _, ...resent } = await step(own, "/auth/resendotp", {}, begun);
          assert.deepEqual(resent, { session_state: "signup-checkotp", ...masked });
        }
        assert.deepEqual(
          (await messagesTo(stage, taken)).map((message) => message.kind),
          ["already-registered"],
        );
        assert.deepEqual(
          (await messagesTo(stage, free)).map((message) => message.kind),
          ["registration-code", "registration-code"],
        );
      }
    });
  });

  describe("tells who has proven himself", { concurrency: 4 }, () => {
    for (const [act, status] of [
      ["restrict", "restricted"],
      ["deny", "denied"],
      ["close", "closed"],
    ] as const)
      test(`the status, after the right password: ${status}`, async () => {
        const own = await client();
        const person = await makePerson(stage);
        await changeStatus(stage, act, person);
        const begun = await step(own, "/auth/login", { login_id: person.email });
        const path = "/auth/checkpassword";
        await refused(sentBy(own, begun, path, { password: "wrong" }), "auth.password.invalid");
        await refused(sentBy(own, begun, path, { password: person.password }), `auth.user.${status}`);
        const signedIn = await makePerson(stage);
        const done = await signIn(own, signedIn);
        await changeStatus(stage, act, signedIn);
        await refused({ path: "/user", headers: bearing(tokenOf(done)) }, `auth.user.${status}`);
      });

    test("what is required, after everything else", async () => {
      const legal = await legalClient(stage);
      const person = await makePerson(legal.stage);
      const begun = await step(legal, "/auth/login", { login_id: person.email });
      expectPending(begun, "checkpassword", { disclaimers_required: [] });
      const asked = await step(legal, "/auth/checkpassword", { password: person.password }, begun);
      const terms = { code: "terms", version: "2", title: "Terms", url: "https://example.org/terms" };
      expectPending(asked, "acceptdisclaimers", { disclaimers_required: [terms] });
      const done = await step(legal, "/auth/acceptdisclaimers", { accept_disclaimers: ["terms"] }, asked);
      expectAuthorized(done, person.user);
    });

    test("the second factor, after the password", async () => {
      const own = await client();
      const person = await makePerson(stage);
      await setUp(own, await signIn(own, person), "/user/secondfactor", { otp: true });
      await restSending(stage, person);
      const asked = await signIn(own, person);
      expectPending(asked, "checkotp", { user_phone: `+98********${person.phone.slice(-2)}` });
      const otp = await codeTo(stage, person.phone);
      expectAuthorized(await step(own, "/auth/checkotp", { otp }, asked), person.user);
    });
  });

  describe("signs nobody in by a recovery", { concurrency: 4 }, () => {
    test("by a code: the new password is asked for at the sign-in, with what else is needed", async () => {
      const own = await client();
      const person = await makePerson(stage);
      const before = await signIn(own, person);
      await setUp(own, before, "/user/secondfactor", { otp: true });
      await restSending(stage, person);
      const begun = await step(own, "/auth/recovery/recover", { login_id: person.phone });
      const shown = { verification: "PHONE", user_phone: `+98********${person.phone.slice(-2)}` };
      expectPending(begun, "recovery-checkotp", shown);
      const otp = await codeTo(stage, person.phone);
      const proven = await step(own, "/auth/recovery/checkotp", { otp }, begun);
      const done = await step(own, "/auth/recovery/setpassword", { password: newPassword }, proven);
      assert.deepEqual(done, { session_state: "login" });
      await refused(sentBy(own, proven, "/auth/recovery/setpassword", {}), "auth.token.invalid");
      await refused({ path: "/user", headers: bearing(tokenOf(before)) }, "auth.token.invalid");
      await restSending(stage, person);
      const again = await signIn(own, { ...person, password: newPassword });
      assert.equal(again["session_state"], "checkotp");
    });

    test("by a link, for whoever had no password: he has one then", async () => {
      const own = await client();
      const person = await makePerson(stage, { password: false });
      await step(own, "/auth/recovery/recover", { login_id: person.email, method: "MAIL" });
      const token = linkToken(await linkTo(stage, person.email));
      const proven = await step(own, "/auth/recovery/checklink", { token });
      const done = await step(own, "/auth/recovery/setpassword", { password: newPassword }, proven);
      assert.deepEqual(done, { session_state: "login" });
      expectAuthorized(await signIn(own, { ...person, password: newPassword }), person.user);
    });

    test("a sign-up with a free address makes an account", async () => {
      const full = await fullClient(stage);
      const { phone } = newAddresses();
      const begun = await step(full, "/auth/signup", { login_id: phone });
      const proven = await step(full, "/auth/signup/checkotp", { otp: await codeTo(stage, phone) }, begun);
      const done = await step(full, "/auth/signup/setpassword", { password: givenPassword }, proven);
      assert.equal(objectOf(done["user"])["status"], "active");
    });
  });
});
