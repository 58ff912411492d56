import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fingerprint } from "#adapters/system/fingerprint.js";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { openNode } from "../../server/open-node.js";
import { expectAuthorized, expectPending } from "./expect-progress.js";
import {
  type Client,
  codeTo,
  linkTo,
  linkToken,
  makePerson,
  messagesTo,
  type Person,
  type Progress,
  restSending,
  setUp,
  signIn,
  step,
  tokenOf,
} from "./people.js";
import { expectRefused } from "./row.js";
import { controlAnswer, fullClient, openLink, words } from "./session-in.js";
import { bearing, useStage } from "./stage.js";
import { sentBy } from "./step-rows.js";

const newPassword = "Another-Horse-9-battery";
const question = { question: "What did you ride?", answer: controlAnswer };

describeOnEveryEngine("the ways back", (engine) => {
  const stage = useStage(engine);
  const client = async (): Promise<Client> => ({ stage, key: await stage.ownKey() });
  const refused = async (sent: Parameters<typeof stage.ask>[0], code: string): Promise<void> =>
    expectRefused(await stage.ask(sent), { code });
  const maskedPhone = ({ phone }: Person): string => `${phone.slice(0, 3)}********${phone.slice(-2)}`;

  /** Answers the question of somebody who has set one, a day ago. */
  const answerQuestion = async (full: Client, person: Person): Promise<Progress> => {
    const begun = await step(full, "/auth/recovery/recover", { login_id: person.email, method: "QUESTION" });
    expectPending(begun, "recovery-checkquestion", { control_question: question.question });
    return step(full, "/auth/recovery/checkquestion", { control_answer: "ＢＬＵＥ bicycle" }, begun);
  };
  /** As if the session's day of waiting had begun so much earlier. */
  const ageWaiting = async (progress: Progress, agedIn: number): Promise<void> => {
    const node = await openNode(stage.databaseUrl);
    try {
      const { pendingSessions } = node.stores;
      const session = await pendingSessions.find(fingerprint(tokenOf(progress)));
      assert.ok(session?.memory.availableAt !== undefined);
      const memory = { ...session.memory, availableAt: session.memory.availableAt - agedIn };
      const aged = { ...session, memory, expiresAt: session.expiresAt - agedIn, givesBack: false };
      assert.ok(await pendingSessions.advance(session, aged, Date.now()));
    } finally {
      await node.close();
    }
  };

  describe("recovery", { concurrency: 4 }, () => {
    test("by a code to the number: a new password, and in", async () => {
      const person = await makePerson(stage);
      const begun = await step(await client(), "/auth/recovery/recover", { login_id: person.email });
      const shown = { verification: "PHONE", user_phone: maskedPhone(person) };
      expectPending(begun, "recovery-checkotp", shown);
      assert.equal((await messagesTo(stage, person.phone))[0]?.kind, "recovery-code");
      await restSending(stage, person);
      const { expires_in: _, ...resent } = await step(await client(), "/auth/resendotp", {}, begun);
      assert.deepEqual(resent, { session_state: "recovery-checkotp", ...shown });
      const otp = await codeTo(stage, person.phone);
      const proven = await step(await client(), "/auth/recovery/checkotp", { otp }, begun);
      expectPending(proven, "recovery-setpassword");
      const done = await step(await client(), "/auth/recovery/setpassword", { password: newPassword }, proven);
      expectAuthorized(done, person.user);
      const [letter] = await messagesTo(stage, person.email);
      assert.equal(letter?.kind, "account-recovered");
      expectAuthorized(await signIn(await client(), { ...person, password: newPassword }), person.user);
      const old = await step(await client(), "/auth/login", { login_id: person.email });
      await refused(
        sentBy(await client(), old, "/auth/checkpassword", { password: person.password }),
        "auth.password.invalid",
      );
    });

    test("by a mailed link, whose token leads to a page of this server or where the key says", async () => {
      const linked = await stage.keyWith({
        recovery: { methods: ["MAIL"], defaultMethod: "MAIL", linkTo: "https://app.example.org/recover" },
      });
      for (const own of [await client(), { stage, key: linked }]) {
        const person = await makePerson(stage);
        const begun = await step(own, "/auth/recovery/recover", { login_id: person.phone, method: "MAIL" });
        assert.deepEqual(begun, { user_email: `p***@${person.email.split("@")[1] ?? ""}` });
        const link = await linkTo(stage, person.email);
        if (own.key === linked) assert.match(link.href, /^https:\/\/app\.example\.org\/recover#token=[\w-]{43}$/);
        else {
          assert.equal(link.pathname, "/default/v2/recover");
          // A scanner that follows the link spends nothing.
          for (const method of ["GET", "HEAD", "GET"])
            assert.equal(
              (await stage.ask({ prefix: "", path: link.pathname + link.search, method, key: null })).status,
              200,
            );
        }
        const proven = await step(own, "/auth/recovery/checklink", { token: linkToken(link) });
        expectPending(proven, "recovery-setpassword");
        const done = await step(own, "/auth/recovery/setpassword", { password: newPassword }, proven);
        expectAuthorized(done, person.user);
      }
    });

    test("a link's token in the field is the link's, whatever Authorization says", async () => {
      const person = await makePerson(stage);
      const own = await client();
      await step(own, "/auth/recovery/recover", { login_id: person.email, method: "MAIL" });
      const token = linkToken(await linkTo(stage, person.email));
      const answer = await stage.ask({
        path: "/auth/recovery/checklink",
        json: { token },
        headers: { authorization: "Bearer something else" },
      });
      assert.equal(answer.status, 200, answer.text);
    });

    test("a control question opens the way a day later, and its owner is told at once", async () => {
      const full = await fullClient(stage);
      const person = await makePerson(stage);
      const signedIn = await signIn(full, person);
      await setUp(full, signedIn, "/user/controlquestion", question);
      const proven = await answerQuestion(full, person);
      const availableAt = Date.parse(String(proven["available_at"]));
      assert.ok(Math.abs(availableAt - Date.now() - 86_400_000) < 60_000);
      expectPending(proven, "recovery-setpassword", { available_at: proven["available_at"] }, 86_400 + 900);
      await refused(
        sentBy(full, proven, "/auth/recovery/setpassword", { password: newPassword }),
        "auth.session.invalid",
      );
      for (const to of [person.email, person.phone])
        assert.equal((await messagesTo(stage, to))[0]?.kind, "recovery-by-question", to);
      // The owner goes on meanwhile.
      assert.equal(
        (await stage.ask({ path: "/user", key: full.key.key, headers: bearing(tokenOf(signedIn)) })).status,
        200,
      );
      await ageWaiting(proven, 86_400_000 - 60_000);
      await refused(
        sentBy(full, proven, "/auth/recovery/setpassword", { password: newPassword }),
        "auth.session.invalid",
      );
      await ageWaiting(proven, 60_000);
      const done = await step(full, "/auth/recovery/setpassword", { password: newPassword }, proven);
      expectAuthorized(done, person.user);
      await refused({ path: "/user", key: full.key.key, headers: bearing(tokenOf(signedIn)) }, "auth.token.invalid");
    });

    test("what waited for a day is over a quarter of an hour after it", async () => {
      const full = await fullClient(stage);
      const person = await makePerson(stage);
      await setUp(full, await signIn(full, person), "/user/controlquestion", question);
      const proven = await answerQuestion(full, person);
      await ageWaiting(proven, 86_400_000 + 900_000);
      await refused(
        sentBy(full, proven, "/auth/recovery/setpassword", { password: newPassword }),
        "auth.token.expired",
      );
    });

    test("the owner stops it on a page, which a scanner's GET does not", async () => {
      const full = await fullClient(stage);
      const person = await makePerson(stage);
      await setUp(full, await signIn(full, person), "/user/controlquestion", question);
      const proven = await answerQuestion(full, person);
      const link = await linkTo(stage, person.phone);
      assert.equal(link.pathname, "/default/v2/cancel-recovery");
      const path = link.pathname + link.search;
      for (const method of ["GET", "HEAD"])
        assert.equal((await stage.ask({ prefix: "", path, method, key: null })).status, 200);
      await refused(
        sentBy(full, proven, "/auth/recovery/setpassword", { password: newPassword }),
        "auth.session.invalid",
      );
      const form = { "content-type": "application/x-www-form-urlencoded" };
      const body = new URLSearchParams({ token: linkToken(link) }).toString();
      const stopped = await stage.ask({
        prefix: "",
        path: link.pathname,
        method: "POST",
        headers: form,
        body,
        key: null,
      });
      assert.equal(stopped.status, 200, stopped.text);
      assert.match(stopped.text, /The recovery has been stopped/);
      await refused(
        sentBy(full, proven, "/auth/recovery/setpassword", { password: newPassword }),
        "auth.token.invalid",
      );
      const again = await stage.ask({
        prefix: "",
        path: link.pathname,
        method: "POST",
        headers: form,
        body,
        key: null,
      });
      assert.equal(again.status, 400);
      assert.equal((await stage.ask({ prefix: "", path, key: null })).status, 400);
    });

    test("everything else of the account ends: sessions on every mount, those under way, links and codes", async () => {
      const person = await makePerson(stage);
      const own = await client();
      const elsewhere = await signIn(await fullClient(stage), person);
      const underWay = await step(own, "/auth/login", { login_id: person.email });
      const login = {
        prefix: "/account",
        path: "/login/",
        json: { email: person.email, password: person.password },
        key: null,
      };
      const otherMount = await stage.ask(login);
      assert.equal(otherMount.status, 200, otherMount.text);
      const forgot = { prefix: "/account", path: "/forgot/", json: { email: person.email }, key: null };
      assert.equal((await stage.ask(forgot)).status, 200);
      const mailedCode = await codeTo(stage, person.email);
      await restSending(stage, person);

      const proven = await openLink(own, person);
      await restSending(stage, person);
      await step(own, "/auth/recovery/recover", { login_id: person.email, method: "MAIL" });
      const otherLink = linkToken(await linkTo(stage, person.email));
      const done = await step(own, "/auth/recovery/setpassword", { password: newPassword }, proven);

      const ended = { path: "/user", key: (await fullClient(stage)).key.key, headers: bearing(tokenOf(elsewhere)) };
      await refused(ended, "auth.token.invalid");
      await refused(sentBy(own, underWay, "/auth/checkpassword", { password: newPassword }), "auth.token.invalid");
      await refused({ path: "/auth/recovery/checklink", json: { token: otherLink } }, "auth.token.invalid");
      const { data } = otherMount.json as { readonly data: { readonly token: string } };
      const headers = { authorization: `Token ${data.token}` };
      assert.equal((await stage.ask({ prefix: "/account", path: "/profile/update/", headers, key: null })).status, 401);
      const verify = { email: person.email, code: mailedCode };
      const verified = await stage.ask({ prefix: "/account", path: "/forgot/verify/", json: verify, key: null });
      assert.equal(verified.status >= 400, true, verified.text);
      assert.equal((await stage.ask({ path: "/user", headers: bearing(tokenOf(done)) })).status, 200);
    });

    test("what the user has for a second factor is asked for all the same", async () => {
      const full = await fullClient(stage);
      const person = await makePerson(stage);
      const first = await signIn(full, person);
      await setUp(full, first, "/user/memorable", { words });
      const byWords = await openLink(full, person);
      const asked = await step(full, "/auth/recovery/setpassword", { password: newPassword }, byWords);
      expectPending(asked, "checkmemorable", { memorable_positions: asked["memorable_positions"] });

      const other = await makePerson(stage);
      const { codes } = await setUp(full, await signIn(full, other), "/user/backupcodes", {});
      await setUp(full, await signIn(full, other), "/user/secondfactor", { otp: true });
      await restSending(stage, other);
      const begun = await step(full, "/auth/recovery/recover", { login_id: other.email, method: "PHONE" });
      const proven = await step(full, "/auth/recovery/checkotp", { otp: await codeTo(stage, other.phone) }, begun);
      await restSending(stage, other);
      const next = await step(full, "/auth/recovery/setpassword", { password: newPassword }, proven);
      expectPending(next, "checkotp", { user_phone: maskedPhone(other) });
      const recoveryCode = (await messagesTo(stage, other.phone)).find(({ kind }) => kind === "recovery-code")?.code;
      const signInCode = await codeTo(stage, other.phone);
      if (recoveryCode !== signInCode)
        await refused(sentBy(full, next, "/auth/checkotp", { otp: recoveryCode }), "auth.otp.invalid");
      const [code = ""] = codes as readonly string[];
      expectAuthorized(await step(full, "/auth/checkotp", { backup_code: code }, next), other.user);
    });

    test("a locked password opens with it", async () => {
      const person = await makePerson(stage);
      const own = await client();
      const begun = await step(own, "/auth/login", { login_id: person.email });
      for (let tries = 0; tries < 5; tries += 1)
        await stage.ask(sentBy(own, begun, "/auth/checkpassword", { password: "wrong" }));
      const locked = await step(own, "/auth/login", { login_id: person.email });
      await refused(sentBy(own, locked, "/auth/checkpassword", { password: person.password }), "request.rate.exceeded");
      const proven = await openLink(own, person);
      await step(own, "/auth/recovery/setpassword", { password: newPassword }, proven);
      expectAuthorized(await signIn(own, { ...person, password: newPassword }), person.user);
    });
  });

  describe("the page behind the link", { concurrency: 4 }, () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const mail = async (person: Person): Promise<URL> => {
      await step(await client(), "/auth/recovery/recover", { login_id: person.email, method: "MAIL" });
      return linkTo(stage, person.email);
    };
    const post = (link: URL, fields: Record<string, string>, headers = {}) =>
      stage.ask({
        prefix: "",
        path: link.pathname,
        method: "POST",
        key: null,
        headers: { ...form, ...headers },
        body: new URLSearchParams({ ...Object.fromEntries(link.searchParams), ...fields }).toString(),
      });

    test("sets a new password without JavaScript, signs nobody in, and works once", async () => {
      const person = await makePerson(stage);
      const signedIn = await signIn(await client(), person);
      const link = await mail(person);
      const shown = await stage.ask({ prefix: "", path: link.pathname + link.search, key: null });
      assert.equal(shown.status, 200);
      assert.match(String(shown.headers["content-type"]), /^text\/html/);
      assert.match(String(shown.headers["referrer-policy"]), /no-referrer/);
      assert.doesNotMatch(shown.text, /<script/);
      const weak = await post(link, { password: "short" });
      assert.deepEqual([weak.status, /at least 8 characters/.test(weak.text)], [400, true]);
      const done = await post(link, { password: newPassword });
      assert.equal(done.status, 200, done.text);
      assert.match(done.text, /Your password has been changed/);
      assert.equal(done.headers["set-cookie"], undefined);
      await refused({ path: "/user", headers: bearing(tokenOf(signedIn)) }, "auth.token.invalid");
      expectAuthorized(await signIn(await client(), { ...person, password: newPassword }), person.user);
      assert.equal((await post(link, { password: "One-More-Horse-9" })).status, 400);
      await refused({ path: "/auth/recovery/checklink", json: { token: linkToken(link) } }, "auth.token.invalid");
      assert.equal((await messagesTo(stage, person.email))[0]?.kind, "account-recovered");
    });

    test("speaks the reader's language, and tells what is wrong in it", async () => {
      const link = await mail(await makePerson(stage));
      for (const [language, title, direction, gone] of [
        ["fa", "گذرواژهٔ تازه‌ای انتخاب کنید", "rtl", "این پیوند دیگر کار نمی‌کند"],
        ["ru", "Выберите новый пароль", "ltr", "Эта ссылка больше не работает"],
        ["de", "Choose a new password", "ltr", "This link does not work any more"],
      ] as const) {
        const headers = { "accept-language": language };
        const shown = await stage.ask({ prefix: "", path: link.pathname + link.search, headers, key: null });
        assert.ok(shown.text.includes(`dir="${direction}"`) && shown.text.includes(title), shown.text);
        const none = await stage.ask({ prefix: "", path: `${link.pathname}?client=x&token=y`, headers, key: null });
        assert.deepEqual([none.status, none.text.includes(gone)], [400, true]);
      }
    });

    test("takes a form and nothing else, of a link and nothing else", async () => {
      const link = await mail(await makePerson(stage));
      const asJson = await stage.ask({ prefix: "", path: link.pathname, json: { token: linkToken(link) }, key: null });
      assert.equal(asJson.status, 415);
      assert.equal((await post(link, { client: "api_other", password: newPassword })).status, 400);
      assert.equal((await post(link, { token: "x", password: newPassword })).status, 400);
      assert.equal((await post(link, { password: newPassword })).status, 200);
    });

    test("escapes what the link holds", async () => {
      const link = await mail(await makePerson(stage));
      const path = `${link.pathname}?client=${encodeURIComponent('"><script>')}&token=${linkToken(link)}`;
      const shown = await stage.ask({ prefix: "", path, key: null });
      assert.doesNotMatch(shown.text, /"><script>/);
    });

    test("does nothing for a user who has been restricted since", async () => {
      const person = await makePerson(stage);
      const link = await mail(person);
      await stage.cli("user", "restrict", person.id);
      assert.equal((await stage.ask({ prefix: "", path: link.pathname + link.search, key: null })).status, 400);
      assert.equal((await post(link, { password: newPassword })).status, 400);
    });
  });
});
