import assert from "node:assert/strict";
import { after, it } from "node:test";
import { describeOnEveryEngine } from "../engines/engines.js";
import { rounds } from "../engines/rounds.js";
import { openBrowser } from "./browser.js";
import { appUri, enterCode, signInOn, type Started, tempTokenIn } from "./handoff-page.js";
import { dataIn, type Member, useHandoffStage } from "./handoff-stage.js";
import { type HostileProvider, startHostileProvider } from "./hostile-provider.js";

type User = Readonly<Record<string, unknown>>;

describeOnEveryEngine("accounts of people who come from providers", (engine) => {
  let provider: HostileProvider;
  const stage = useHandoffStage(engine, {
    config: async () => {
      provider = await startHostileProvider();
      const one = (name: string, trustsEmailsOf: readonly string[]) => ({
        name,
        trustsEmailsOf,
        title: `The ${name}`,
        issuer: provider.issuer(name),
        clientId: provider.clientId,
      });
      return {
        mounts: [{ contract: "account", handoff: { redirectUris: [appUri] } }],
        providers: [one("trusted", ["example.org"]), one("twin", ["*"]), one("untrusted", [])],
      };
    },
  });
  after(() => provider.stop());

  let subjects = 0;
  const newSubject = (): string => {
    subjects += 1;
    return `subject ${subjects}`;
  };
  /** Comes from a provider that says this of him. */
  const comeFrom = (name: string, claims: Record<string, unknown>): Promise<Started> => {
    provider.behave(name, { claims });
    return stage.start({ query: { provider: name } });
  };
  const userOf = async (tempToken: string): Promise<User> => {
    const answer = await stage.exchange(tempToken);
    assert.equal(answer.status, 200, answer.text);
    return dataIn(answer)["user"] as User;
  };
  const enter = async (name: string, claims: Record<string, unknown>): Promise<User> =>
    userOf(tempTokenIn(await comeFrom(name, claims)));
  const expectFormFor = ({ answer, isAtApp }: Started, member: Pick<Member, "email">) => {
    assert.ok(!isAtApp);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.text.includes(member.email), answer.text);
    assert.match(answer.text, /autocomplete="one-time-code"/);
  };

  it("an address that somebody has proven here is linked by a code in his mail, and he is told", async () => {
    const member = await stage.member();
    const sub = newSubject();
    const begun = await comeFrom("trusted", { sub, email: member.email.toUpperCase(), email_verified: true });
    assert.ok(!begun.isAtApp);
    assert.match(begun.answer.text, new RegExp(member.email, "i"));
    const [letter] = await stage.letters(member.email);
    assert.deepEqual([letter?.kind, letter?.language], ["identity-link-code", "en"]);
    assert.match(letter?.text ?? "", /The trusted/);
    const user = await userOf(tempTokenIn(await enterCode(begun, letter?.code ?? "")));
    assert.deepEqual([user["id"], user["email"], user["fullname"]], [member.id, member.email, member.fullname]);
    assert.deepEqual((await stage.letters(member.email)).map(({ kind }) => kind).slice(0, 1), ["identity-linked"]);
    // From now on without a code, by the subject alone.
    assert.equal(
      (await enter("trusted", { sub, email: "another@example.org", email_verified: true }))["id"],
      member.id,
    );
    assert.equal((await enter("trusted", { sub }))["id"], member.id);
  });

  it("nobody is linked without the code: not by a wrong one, nor by another flow's, nor after five", async () => {
    const member = await stage.member();
    const sub = newSubject();
    const claims = { sub, email: member.email, email_verified: true };
    const begun = await comeFrom("trusted", claims);
    expectFormFor(begun, member);
    const code = await stage.codeFor(member.email);
    const wrong = code === "000000" ? "000001" : "000000";
    for (const sent of ["", "12345", "1234567", "abcdef", "' or 1=1 --"]) {
      const again = await enterCode(begun, sent);
      assert.equal(again.answer.status, 400);
      assert.match(again.answer.text, /aria-invalid="true"/);
    }
    for (let tries = 0; tries < 5; tries += 1) {
      const again = await enterCode(begun, wrong);
      assert.equal(again.answer.status, 400);
      assert.match(again.answer.text, /This code is not right/);
    }
    const late = await enterCode(begun, code);
    assert.ok(!late.isAtApp);
    assert.match(late.answer.text, /does not work any more/);
    // The hand-off goes on: he may still sign in with his password.
    const user = await userOf(tempTokenIn(await signInOn({ ...late, browser: begun.browser }, member)));
    assert.equal(user["id"], member.id);
    // A second code within a minute is not sent.
    const soon = await comeFrom("trusted", claims);
    assert.equal(soon.answer.status, 429, soon.answer.text);
    assert.match(String(soon.answer.headers["retry-after"]), /^[1-9]\d?$/);
    assert.deepEqual(await stage.sql(`select * from identifier where normalized_value = 'trusted ${sub}'`), []);
  });

  it("nobody is linked by his mail alone once a second factor of his is on", async () => {
    const [before, meanwhile] = [await stage.member(), await stage.member()];
    const switchOn = ({ id }: Member) =>
      stage.sql(
        `insert into second_factor (realm_id, account_id, is_on, changed_at) values ('default', '${id}', 1, 1)`,
      );
    const claimsOf = ({ email }: Member) => ({ sub: newSubject(), email, email_verified: true });
    await switchOn(before);
    const refused = await comeFrom("trusted", claimsOf(before));
    assert.ok(!refused.isAtApp);
    assert.equal(refused.answer.status, 400, refused.answer.text);
    assert.ok((await stage.letters(before.email)).every(({ kind }) => kind !== "identity-link-code"));
    const begun = await comeFrom("trusted", claimsOf(meanwhile));
    const code = await stage.codeFor(meanwhile.email);
    await switchOn(meanwhile);
    const late = await enterCode(begun, code);
    assert.ok(!late.isAtApp);
    assert.equal(late.answer.status, 400, late.answer.text);
    assert.deepEqual(
      await stage.sql(
        `select * from identifier where kind = 'external' and account_id in ('${before.id}', '${meanwhile.id}')`,
      ),
      [],
    );
  });

  it("a code is good for the hand-off alone for which it was sent, and in its browser", async () => {
    const [one, two] = [await stage.member(), await stage.member()];
    const ofOne = await comeFrom("trusted", { sub: newSubject(), email: one.email, email_verified: true });
    const ofTwo = await comeFrom("trusted", { sub: newSubject(), email: two.email, email_verified: true });
    const code = await stage.codeFor(one.email);
    assert.equal((await enterCode(ofTwo, code)).answer.status, 400);
    const stranger = await enterCode({ ...ofOne, browser: openBrowser() }, code);
    assert.equal(stranger.answer.status, 400);
    assert.equal((await userOf(tempTokenIn(await enterCode(ofOne, code))))["id"], one.id);
  });

  it("a code may be typed in Persian digits, with a blank", async () => {
    const member = await stage.member();
    const begun = await comeFrom("trusted", { sub: newSubject(), email: member.email, email_verified: true });
    const code = await stage.codeFor(member.email);
    const typed = [...code].map((digit) => String.fromCodePoint(0x06f0 + Number(digit))).join("");
    tempTokenIn(await enterCode(begun, `${typed.slice(0, 3)} ${typed.slice(3)}`));
  });

  it("a code is over after five minutes", async () => {
    const member = await stage.member();
    const begun = await comeFrom("trusted", { sub: newSubject(), email: member.email, email_verified: true });
    const code = await stage.codeFor(member.email);
    await stage.sql("update one_time_code set expires_at = expires_at - 300000 where purpose = 'identity-link'");
    const late = await enterCode(begun, code);
    assert.match(late.answer.text, /does not work any more/);
  });

  for (const [when, claims] of [
    ["it says so by a text", { email_verified: "true" }],
    ["it says so by a number", { email_verified: 1 }],
    ["it says so by a list", { email_verified: [true] }],
    ["it says the opposite", { email_verified: false }],
    ["it says nothing", {}],
    ["the address is a list", { email: ["x@example.org"], email_verified: true }],
    ["the domain is another's", { email: "owner@elsewhere.example", email_verified: true }],
    ["the domain only ends like a trusted one", { email: "owner@not-example.org", email_verified: true }],
    ["the address has two domains", { email: "owner@example.org@elsewhere.example", email_verified: true }],
  ] as const)
    it(`an address is not believed when ${when}`, async () => {
      const member = await stage.member();
      const user = await enter("trusted", { sub: newSubject(), email: member.email, ...claims });
      assert.notEqual(user["id"], member.id);
      assert.deepEqual([user["email"], user["is_verified"]], [null, false]);
      assert.deepEqual(
        (await stage.letters(member.email)).filter(({ kind }) => kind !== "registration-code"),
        [],
      );
    });

  it("an address is not believed of a provider that nobody trusts", async () => {
    const member = await stage.member();
    const user = await enter("untrusted", { sub: newSubject(), email: member.email, email_verified: true });
    assert.notEqual(user["id"], member.id);
    assert.equal(user["email"], null);
  });

  it("a new address is the account's own, and taken from whoever only claimed it", async () => {
    const email = `claimed${newSubject().replace(" ", "")}@example.org`;
    const user = await enter("trusted", {
      sub: newSubject(),
      email,
      email_verified: true,
      name: "  Nova\u202e \u0007Kom ",
    });
    assert.deepEqual([user["email"], user["fullname"], user["is_verified"]], [email, "Nova Kom", true]);
    // Nobody can register it any more.
    const other = await comeFrom("twin", { sub: newSubject(), email, email_verified: true });
    expectFormFor(other, { email });
  });

  it("the same subject at two providers is two people, and so are subjects that differ in case, blanks or an accent's absence", async () => {
    const sub = newSubject();
    const ids = [
      await enter("trusted", { sub }),
      await enter("twin", { sub }),
      await enter("trusted", { sub: sub.toUpperCase() }),
      await enter("trusted", { sub: `${sub} ` }),
      await enter("trusted", { sub: ` ${sub}` }),
      await enter("trusted", { sub: `trusted ${sub}` }),
    ].map((user) => user["id"]);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal((await enter("trusted", { sub }))["id"], ids[0]);
  });

  it("one external id that comes by many browsers at once gets one account", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const claims = { sub: newSubject(), email: `race${engine.name}${round}@example.org`, email_verified: true };
      provider.behave("trusted", { claims });
      const visits = await Promise.all(
        Array.from({ length: 8 }, () => stage.start({ query: { provider: "trusted" } })),
      );
      const users = await Promise.all(visits.map((visit) => userOf(tempTokenIn(visit))));
      assert.equal(new Set(users.map(({ id }) => id)).size, 1);
      const rows = await stage.sql(`select * from identifier where normalized_value = 'trusted ${claims.sub}'`);
      assert.equal(rows.length, 1);
    }
  });

  it("one address that two people prove by two providers at once belongs to one, and the other is asked for proof", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = `shared${engine.name}${round}@example.org`;
      for (const name of ["trusted", "twin"])
        provider.behave(name, { claims: { sub: newSubject(), email, email_verified: true } });
      const visits = await Promise.all(["trusted", "twin"].map((name) => stage.start({ query: { provider: name } })));
      assert.equal(visits.filter(({ isAtApp }) => isAtApp).length, 1);
      const rows = await stage.sql(`select * from identifier where kind = 'email' and normalized_value = '${email}'`);
      assert.equal(rows.length, 1);
    }
  });

  it("an account that is restricted, denied or closed does not sign in, and does when it is restored", async () => {
    // Without an address: the provider's id is all that it is found by.
    const claims = { sub: newSubject() };
    const { id } = await enter("trusted", claims);
    for (const act of ["restrict", "deny", "close"]) {
      await stage.cli("user", act, String(id));
      const refused = await comeFrom("trusted", claims);
      assert.ok(!refused.isAtApp);
      assert.equal(refused.answer.status, 403, refused.answer.text);
      await stage.cli("user", "restore", String(id));
      assert.equal((await enter("trusted", claims))["id"], id);
    }
  });

  it("a deleted account is not found again, and comes back only while nobody new has come", async () => {
    const claims = { sub: newSubject() };
    const { id } = await enter("trusted", claims);
    await stage.cli("user", "delete", String(id));
    await stage.cli("user", "restore", String(id));
    assert.equal((await enter("trusted", claims))["id"], id);
    await stage.cli("user", "delete", String(id));
    const another = await enter("trusted", claims);
    assert.notEqual(another["id"], id);
    await assert.rejects(stage.cli("user", "restore", String(id)));
  });
});
