import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { expectAuthorized, expectPending } from "./expect-progress.js";
import {
  codeTo,
  endSession,
  makePerson,
  messagesTo,
  objectOf,
  type Person,
  type Progress,
  restSending,
  setUp,
  signIn,
  step,
  tokenOf,
  wrongCode,
} from "./people.js";
import { expectRefused } from "./row.js";
import { fullClient, legalClient, sessionIn, words } from "./session-in.js";
import { bearing, successIn, useStage } from "./stage.js";
import { sentBy } from "./step-rows.js";

const masked = ({ phone, email }: Person) => ({
  phone: `${phone.slice(0, 3)}********${phone.slice(-2)}`,
  email: `p***@${email.split("@")[1] ?? ""}`,
});

/** The letters of the words at the positions that were asked for. */
const lettersAt = (asked: Progress, of: readonly string[] = words): Readonly<Record<string, string>> => {
  const letters = of.flatMap((word) => [...new Intl.Segmenter("und").segment(word)].map(({ segment }) => segment));
  const positions = asked["memorable_positions"] as readonly number[];
  return Object.fromEntries(positions.map((position) => [String(position), letters[position - 1] ?? ""]));
};

describeOnEveryEngine("the ways in", (engine) => {
  const stage = useStage(engine);
  const client = async () => ({ stage, key: await stage.ownKey() });
  const refused = async (sent: Parameters<typeof stage.ask>[0], code: string): Promise<void> =>
    expectRefused(await stage.ask(sent), { code });

  describe("by what the user has", { concurrency: 4 }, () => {
    test("a password signs in, by number, address or login name, each spelled in any way", async () => {
      const loginName = `Ada.${Date.now()}`;
      const person = await makePerson(stage, { loginName });
      for (const loginId of [
        person.phone,
        ` ${person.phone} `,
        person.email,
        person.email.toUpperCase(),
        loginName,
        loginName.toLowerCase(),
      ]) {
        const begun = await step(await client(), "/auth/login", { login_id: loginId });
        expectPending(begun, "checkpassword", { disclaimers_required: [] });
        const done = await step(await client(), "/auth/checkpassword", { password: person.password }, begun);
        expectAuthorized(done, person.user);
        const seen = successIn(await stage.ask({ path: "/user", headers: bearing(tokenOf(done)) }));
        assert.deepEqual(seen, { user: person.user });
      }
    });

    test("whoever has no password gets a code by SMS, and without a number by mail", async () => {
      for (const hasPhone of [true, false]) {
        const person = await makePerson(stage, { password: false, phone: hasPhone });
        const to = hasPhone ? person.phone : person.email;
        const begun = await step(await client(), "/auth/login", { login_id: person.email });
        const shown = hasPhone ? { user_phone: masked(person).phone } : { user_email: masked(person).email };
        expectPending(begun, "checkotp", { disclaimers_required: [], ...shown });
        const otp = await codeTo(stage, to);
        await refused(sentBy(await client(), begun, "/auth/checkotp", { otp: wrongCode(otp) }), "auth.otp.invalid");
        expectAuthorized(await step(await client(), "/auth/checkotp", { otp }, begun), person.user);
      }
    });

    test("a second factor is asked for after the password: a code, one that was sent again, or a backup code", async () => {
      const person = await makePerson(stage);
      const first = await signIn(await client(), person);
      const { codes } = await setUp(await client(), first, "/user/backupcodes", {});
      await setUp(await client(), first, "/user/secondfactor", { otp: true });
      const begin = async (): Promise<Progress> => {
        await restSending(stage, person);
        const asked = await signIn(await client(), person);
        expectPending(asked, "checkotp", { user_phone: masked(person).phone });
        return asked;
      };

      const asked = await begin();
      expectAuthorized(
        await step(await client(), "/auth/checkotp", { otp: await codeTo(stage, person.phone) }, asked),
        person.user,
      );

      const again = await begin();
      const before = await codeTo(stage, person.phone);
      await restSending(stage, person);
      const { expires_in: expiresIn, ...resent } = await step(await client(), "/auth/resendotp", {}, again);
      assert.ok(Number(expiresIn) > 870);
      assert.deepEqual(resent, { session_state: "checkotp", user_phone: masked(person).phone });
      const after = await codeTo(stage, person.phone);
      if (before !== after)
        await refused(sentBy(await client(), again, "/auth/checkotp", { otp: before }), "auth.otp.invalid");
      expectAuthorized(await step(await client(), "/auth/checkotp", { otp: after }, again), person.user);

      const [code = ""] = codes as readonly string[];
      const third = await begin();
      expectAuthorized(
        await step(await client(), "/auth/checkotp", { backup_code: code.toLowerCase().replaceAll("-", " ") }, third),
        person.user,
      );
      const fourth = await begin();
      await refused(sentBy(await client(), fourth, "/auth/checkotp", { backup_code: code }), "auth.backupcode.invalid");
    });

    test("a code that may not be sent yet does not stop the sign-in: it is asked for again", async () => {
      const person = await makePerson(stage);
      await setUp(await client(), await signIn(await client(), person), "/user/secondfactor", { otp: true });
      await restSending(stage, person);
      await signIn(await client(), person);
      const sent = (await messagesTo(stage, person.phone)).length;
      const asked = await signIn(await client(), person);
      expectPending(asked, "checkotp", { user_phone: masked(person).phone });
      assert.equal((await messagesTo(stage, person.phone)).length, sent);
      await restSending(stage, person);
      await step(await client(), "/auth/resendotp", {}, asked);
      const otp = await codeTo(stage, person.phone);
      expectAuthorized(await step(await client(), "/auth/checkotp", { otp }, asked), person.user);
    });

    test("letters of memorable words are asked for where the key wants them, the same ones until they are answered", async () => {
      const person = await makePerson(stage);
      const full = await fullClient(stage);
      await setUp(full, await signIn(full, person), "/user/memorable", { words });
      const asked = await signIn(full, person);
      const positions = asked["memorable_positions"];
      assert.ok(Array.isArray(positions) && positions.length === 3);
      expectPending(asked, "checkmemorable", { memorable_positions: positions });
      assert.deepEqual((await signIn(full, person))["memorable_positions"], positions);
      const upper = Object.fromEntries(
        Object.entries(lettersAt(asked)).map(([position, letter]) => [position, letter.toUpperCase()]),
      );
      const one = { ...upper, [String(positions[0])]: "?" };
      await refused(sentBy(full, asked, "/auth/checkmemorable", { memorable_letters: one }), "auth.memorable.invalid");
      expectAuthorized(await step(full, "/auth/checkmemorable", { memorable_letters: upper }, asked), person.user);
    });

    test("all of them, one after the other", async () => {
      const person = await makePerson(stage);
      const full = await fullClient(stage);
      const first = await signIn(full, person);
      await setUp(full, first, "/user/memorable", { words });
      await setUp(full, first, "/user/secondfactor", { otp: true });
      await restSending(stage, person);
      const asked = await signIn(full, person);
      expectPending(asked, "checkotp", { user_phone: masked(person).phone });
      const otp = await codeTo(stage, person.phone);
      const next = await step(full, "/auth/checkotp", { otp }, asked);
      expectPending(next, "checkmemorable", { memorable_positions: next["memorable_positions"] });
      const done = await step(full, "/auth/checkmemorable", { memorable_letters: lettersAt(next) }, next);
      expectAuthorized(done, person.user);
    });
  });

  describe("tokens", { concurrency: 4 }, () => {
    test("each step gives another, and the one before it is worth nothing", async () => {
      const person = await makePerson(stage);
      const full = await fullClient(stage);
      await setUp(full, await signIn(full, person), "/user/memorable", { words });
      const begun = await step(full, "/auth/login", { login_id: person.email });
      const asked = await step(full, "/auth/checkpassword", { password: person.password }, begun);
      for (const path of ["/auth/checkpassword", "/auth/checkmemorable", "/auth/logout"])
        await refused(sentBy(full, begun, path, {}), "auth.token.invalid");
      const done = await step(full, "/auth/checkmemorable", { memorable_letters: lettersAt(asked) }, asked);
      await refused(sentBy(full, asked, "/auth/checkmemorable", {}), "auth.token.invalid");
      successIn(await stage.ask({ path: "/user", key: full.key.key, headers: bearing(tokenOf(done)) }));
    });

    test("five wrong answers end the session: invalid until its time is over, then expired", async () => {
      const full = await fullClient(stage);
      const { progress, to } = await sessionIn(stage, "signup-checkotp");
      const otp = await codeTo(stage, to);
      for (let tries = 0; tries < 5; tries += 1)
        await refused(sentBy(full, progress, "/auth/signup/checkotp", { otp: wrongCode(otp) }), "auth.otp.invalid");
      for (const path of ["/auth/signup/checkotp", "/auth/resendotp", "/auth/logout"])
        await refused(sentBy(full, progress, path, { otp }), "auth.session.invalid");
      await endSession(stage, progress);
      await refused(sentBy(full, progress, "/auth/signup/checkotp", { otp }), "auth.token.expired");
    });

    test("four wrong answers do not", async () => {
      const full = await fullClient(stage);
      const { progress, to } = await sessionIn(stage, "signup-checkotp");
      const otp = await codeTo(stage, to);
      for (let tries = 0; tries < 4; tries += 1)
        await refused(sentBy(full, progress, "/auth/signup/checkotp", { otp: wrongCode(otp) }), "auth.otp.invalid");
      expectPending(await step(full, "/auth/signup/checkotp", { otp }, progress), "signup-setpassword");
    });

    test("fields that are wrong cost no try, and neither do disclaimers", async () => {
      const legal = await legalClient(stage);
      const person = await makePerson(legal.stage);
      const begun = await step(legal, "/auth/login", { login_id: person.email });
      const path = "/auth/checkpassword";
      for (let tries = 0; tries < 6; tries += 1) {
        assert.equal((await stage.ask(sentBy(legal, begun, path, { password: 5 }))).status, 422);
        await refused(sentBy(legal, begun, path, { password: "wrong" }), "auth.disclaimer.invalid");
      }
      const done = await step(legal, path, { password: person.password, accept_disclaimers: ["terms"] }, begun);
      expectAuthorized(done, person.user);
    });

    test("a new password elsewhere ends a session under way, and so does a restriction that is lifted", async () => {
      const person = await makePerson(stage);
      const full = await fullClient(stage);
      const other = await signIn(await client(), person);
      const begun = await step(full, "/auth/login", { login_id: person.email });
      await setUp(await client(), other, "/user/password", { new_password: "Another-Horse-9-battery" });
      await refused(
        sentBy(full, begun, "/auth/checkpassword", { password: "Another-Horse-9-battery" }),
        "auth.token.invalid",
      );
      const second = await step(full, "/auth/login", { login_id: person.email });
      await stage.cli("user", "restrict", person.id);
      await stage.cli("user", "restore", person.id);
      await refused(
        sentBy(full, second, "/auth/checkpassword", { password: "Another-Horse-9-battery" }),
        "auth.token.invalid",
      );
    });

    test("an auth token can be left, and a twenty-first ends the oldest", async () => {
      const person = await makePerson(stage);
      const own = await client();
      const first = await signIn(own, person);
      const second = await signIn(own, person);
      assert.deepEqual(await step(own, "/auth/logout", {}, second), {});
      await refused({ path: "/user", headers: bearing(tokenOf(second)) }, "auth.token.invalid");
      await refused(sentBy(own, second, "/auth/logout", {}), "auth.token.invalid");
      for (let sessions = 1; sessions < 20; sessions += 1) await signIn(own, person);
      successIn(await stage.ask({ path: "/user", headers: bearing(tokenOf(first)) }));
      await signIn(own, person);
      await refused({ path: "/user", headers: bearing(tokenOf(first)) }, "auth.token.invalid");
    });

    test("an auth token rests for fourteen days at most, and lives for thirty", async () => {
      const person = await makePerson(stage);
      const own = await client();
      const done = await signIn(own, person);
      await stage.sql(`update session set last_used_at = last_used_at - 1209600000 where account_id = '${person.id}'`);
      await refused({ path: "/user", headers: bearing(tokenOf(done)) }, "auth.token.expired");
      const other = await signIn(own, person);
      await stage.sql(`update session set expires_at = expires_at - 2592000000 where account_id = '${person.id}'`);
      await refused({ path: "/user", headers: bearing(tokenOf(other)) }, "auth.token.expired");
    });

    test("an auth token of a restricted, denied or closed user says so, until it is over", async () => {
      for (const [act, status] of [
        ["restrict", "restricted"],
        ["deny", "denied"],
        ["close", "closed"],
      ] as const) {
        const person = await makePerson(stage);
        const done = await signIn(await client(), person);
        await stage.cli("user", act, person.id);
        await refused({ path: "/user", headers: bearing(tokenOf(done)) }, `auth.user.${status}`);
        await refused(sentBy(await client(), done, "/auth/logout", {}), `auth.user.${status}`);
        // None of the states' endpoints tells less.
        await refused(sentBy(await client(), done, "/auth/checkotp", {}), `auth.user.${status}`);
        await stage.sql(`update session set expires_at = expires_at - 2592000000 where account_id = '${person.id}'`);
        await refused({ path: "/user", headers: bearing(tokenOf(done)) }, "auth.token.expired");
      }
      const gone = await makePerson(stage);
      const token = await signIn(await client(), gone);
      await stage.cli("user", "delete", gone.id);
      await refused({ path: "/user", headers: bearing(tokenOf(token)) }, "auth.token.invalid");
    });
  });

  describe("disclaimers", { concurrency: 4 }, () => {
    const terms = { code: "terms", version: "2", title: "Terms", url: "https://example.org/terms" };

    test("are told at login, accepted in the first step and not asked for again", async () => {
      const legal = await legalClient(stage);
      const person = await makePerson(legal.stage);
      const begun = await step(legal, "/auth/login", { login_id: person.email });
      expectPending(begun, "checkpassword", { disclaimers_required: [terms] });
      const wrong = { password: "wrong", accept_disclaimers: [{ code: "terms", version: "2" }] };
      await refused(sentBy(legal, begun, "/auth/checkpassword", wrong), "auth.password.invalid");
      // Nothing is accepted by a wrong answer.
      const bare = { password: person.password };
      await refused(sentBy(legal, begun, "/auth/checkpassword", bare), "auth.disclaimer.invalid");
      const right = { password: person.password, accept_disclaimers: [{ code: "terms", version: "2" }, "other"] };
      expectAuthorized(await step(legal, "/auth/checkpassword", right, begun), person.user);
      const rows = await stage.sql(
        `select code, version, language, account_id from disclaimer_acceptance where account_id = '${person.id}'`,
      );
      assert.deepEqual(
        rows.map((row) => objectOf(row)),
        [{ code: "terms", version: "2", language: "en", account_id: person.id }],
      );
      const again = await step(legal, "/auth/login", { login_id: person.email });
      expectPending(again, "checkpassword", { disclaimers_required: [] });
      expectAuthorized(await step(legal, "/auth/checkpassword", bare, again), person.user);
    });

    test("have their titles in the language of the request", async () => {
      const legal = await legalClient(stage);
      const person = await makePerson(legal.stage);
      const begun = await step({ ...legal, stage: legal.stage.at({ language: "fa" }) }, "/auth/login", {
        login_id: person.email,
      });
      expectPending(begun, "checkpassword", { disclaimers_required: [{ ...terms, title: "شرایط" }] });
    });

    test("are kept over the steps that follow, where the field means nothing", async () => {
      const legal = await legalClient(stage);
      const person = await makePerson(legal.stage);
      const accepted = { password: person.password, accept_disclaimers: ["terms"] };
      const begun = await step(legal, "/auth/login", { login_id: person.email });
      await setUp(legal, await step(legal, "/auth/checkpassword", accepted, begun), "/user/secondfactor", {
        otp: true,
      });
      await stage.sql(`delete from disclaimer_acceptance where account_id = '${person.id}'`);
      await restSending(stage, person);
      const again = await step(legal, "/auth/login", { login_id: person.email });
      const asked = await step(legal, "/auth/checkpassword", accepted, again);
      expectPending(asked, "checkotp", { user_phone: masked(person).phone });
      const otp = await codeTo(stage, person.phone);
      const done = await step(
        legal,
        "/auth/checkotp",
        { otp, accept_disclaimers: [{ code: "terms", version: "1" }] },
        asked,
      );
      expectAuthorized(done, person.user);
      assert.equal(
        (await stage.sql(`select 1 from disclaimer_acceptance where account_id = '${person.id}'`)).length,
        1,
      );
    });

    test("after a recovery they are a step of their own", async () => {
      const legal = await legalClient(stage);
      const { progress, person } = await sessionIn(stage, "acceptdisclaimers");
      expectPending(progress, "acceptdisclaimers", { disclaimers_required: [terms] });
      const done = await step(legal, "/auth/acceptdisclaimers", { accept_disclaimers: ["terms"] }, progress);
      expectAuthorized(done, person?.user);
      await refused(sentBy(legal, progress, "/auth/acceptdisclaimers", {}), "auth.token.invalid");
    });
  });
});
