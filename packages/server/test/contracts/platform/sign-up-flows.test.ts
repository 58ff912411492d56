import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenPassword } from "../../given.js";
import { expectAuthorized, expectPending } from "./expect-progress.js";
import { codeTo, messagesTo, newAddresses, objectOf, signIn, step, tokenOf } from "./people.js";
import { expectRefused } from "./row.js";
import { fullClient, legalClient } from "./session-in.js";
import { bearing, successIn, useStage } from "./stage.js";
import { sentBy } from "./step-rows.js";

describeOnEveryEngine("the ways to an account", (engine) => {
  const stage = useStage(engine);
  const client = async () => ({ stage, key: await stage.ownKey() });

  describe("sign-up", { concurrency: 4 }, () => {
    test("a code to a number or an address makes an account, with what its user says of himself", async () => {
      for (const kind of ["phone", "email"] as const) {
        const { [kind]: loginId } = newAddresses();
        const profile = {
          first_name: "Ada",
          last_name: " لاولیس ",
          birth_date: "1815-12-10",
          gender: "f",
          custom: { a: [1] },
        };
        const begun = await step(await client(), "/auth/signup", { login_id: loginId, profile, language: "fa" });
        const masked =
          kind === "phone"
            ? { user_phone: `${loginId.slice(0, 3)}********${loginId.slice(-2)}` }
            : { user_email: "p***@example.org" };
        expectPending(begun, "signup-checkotp", { disclaimers_required: [], ...masked });
        const [message] = await messagesTo(stage, loginId);
        assert.deepEqual([message?.kind, message?.language], ["registration-code", "fa"]);
        const none = await stage.sql(`select 1 from identifier where normalized_value = '${loginId}'`);
        assert.equal(none.length, 0, "an account before its address was proven");

        const otp = await codeTo(stage, loginId);
        const done = await step(await client(), "/auth/signup/checkotp", { otp }, begun);
        const { id, created_at: createdAt, phones, emails, ...user } = objectOf(done["user"]);
        assert.match(String(id), /^[0-9a-f-]{36}$/);
        assert.ok(Math.abs(Date.parse(String(createdAt)) - Date.now()) < 60_000);
        const [own, others] = kind === "phone" ? [phones, emails] : [emails, phones];
        assert.deepEqual(others, []);
        const { id: identifierId, ...identifier } = objectOf((own as readonly unknown[])[0]);
        assert.ok(typeof identifierId === "string");
        assert.deepEqual(identifier, { [kind]: loginId, is_primary: true, is_verified: true });
        assert.deepEqual(user, {
          first_name: "Ada",
          last_name: "لاولیس",
          birth_date: "1815-12-10",
          gender: "f",
          language: "fa",
          login_name: null,
          custom: { a: [1] },
          status: "active",
        });
        expectAuthorized(done, done["user"]);
        successIn(await stage.ask({ path: "/user", headers: bearing(tokenOf(done)) }));
        const used = await stage.ask(sentBy(await client(), begun, "/auth/signup/checkotp", { otp }));
        expectRefused(used, { code: "auth.token.invalid" });
      }
    });

    test("a key may want a password, with which the user is in, and can sign in again", async () => {
      const full = await fullClient(stage);
      const { email } = newAddresses();
      const begun = await step(full, "/auth/signup", { login_id: email });
      const proven = await step(full, "/auth/signup/checkotp", { otp: await codeTo(stage, email) }, begun);
      expectPending(proven, "signup-setpassword");
      const done = await step(full, "/auth/signup/setpassword", { password: givenPassword }, proven);
      expectAuthorized(done, done["user"]);
      const again = await signIn(full, { email, password: givenPassword });
      expectAuthorized(again, done["user"]);
    });

    test("what is required is accepted with the code, and written down with the account", async () => {
      const legal = await legalClient(stage);
      const { phone } = newAddresses();
      const begun = await step(legal, "/auth/signup", { login_id: phone });
      const terms = { code: "terms", version: "2", title: "Terms", url: "https://example.org/terms" };
      expectPending(begun, "signup-checkotp", {
        disclaimers_required: [terms],
        user_phone: `${phone.slice(0, 3)}********${phone.slice(-2)}`,
      });
      const otp = await codeTo(stage, phone);
      const path = "/auth/signup/checkotp";
      const proven = await step(legal, path, { otp, accept_disclaimers: [{ code: "terms", version: "2" }] }, begun);
      const done = await step(legal, "/auth/signup/setpassword", { password: givenPassword }, proven);
      const rows = await stage.sql(
        `select code, version from disclaimer_acceptance where account_id = '${String(objectOf(done["user"])["id"])}'`,
      );
      assert.deepEqual(
        rows.map((row) => objectOf(row)),
        [{ code: "terms", version: "2" }],
      );
    });

    test("an address that somebody only claimed elsewhere is free, and its claimant loses it", async () => {
      const { email } = newAddresses();
      const claim = { username: `claim${Date.now()}`, email, password: givenPassword };
      const claimed = await stage.ask({ prefix: "/auth", path: "/register", json: claim, key: null });
      assert.equal(claimed.status, 201, claimed.text);
      const begun = await step(await client(), "/auth/signup", { login_id: email });
      await step(await client(), "/auth/signup/checkotp", { otp: await codeTo(stage, email) }, begun);
      const lost = await stage.ask({
        prefix: "/auth",
        path: "/login",
        json: { email, password: givenPassword },
        key: null,
      });
      assert.equal(lost.status, 401, lost.text);
    });

    test("the same address in another company is another user", async () => {
      const legal = await legalClient(stage);
      const { email } = newAddresses();
      const begun = await step(await client(), "/auth/signup", { login_id: email });
      await step(await client(), "/auth/signup/checkotp", { otp: await codeTo(stage, email) }, begun);
      const other = await step(legal, "/auth/signup", { login_id: email });
      assert.equal(other["session_state"], "signup-checkotp");
    });
  });
});
