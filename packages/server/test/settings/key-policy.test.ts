import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultKeyPolicy } from "#core/api-keys/key-policy.js";
import { readKeyPolicy, writeKeyPolicy } from "#settings/key-policy.js";
import { SettingsRefused } from "#settings/settings-refused.js";
import { literalPolicy, weakerPolicy } from "#settings/weaker-policy.js";

const surroundings = { captchas: ["altcha", "human"], endpoints: ["login", "signup"] };
const read = (policy: unknown) =>
  readKeyPolicy(typeof policy === "string" ? policy : JSON.stringify(policy), "p.json", surroundings);
const faultsOf = async (policy: unknown): Promise<readonly string[]> => {
  try {
    await read(policy);
    return [];
  } catch (error) {
    if (error instanceof SettingsRefused) return error.faults;
    throw error;
  }
};

const whole = {
  profile: "hardened",
  captcha: { provider: "human", flows: ["signup", "recovery"] },
  criticalChanges: false,
  factors: { otp: true, memorable: true, controlQuestion: true },
  signUp: { password: true },
  recovery: { methods: ["MAIL", "QUESTION"], defaultMethod: "QUESTION", linkTo: "https://app.example.org/recover" },
  scopes: ["users.read", "personal-data"],
  addresses: ["192.0.2.7", "2001:db8::/32"],
  searchTypes: ["user"],
  origins: ["https://app.example.org", "http://localhost:3000"],
  limits: { login: { limit: 5, per: "10m" } },
  language: "fa",
};

describe("policies of API keys", () => {
  test("what is left out has its default", async () => {
    assert.deepEqual(await read({}), defaultKeyPolicy);
    assert.deepEqual(await read({ $schema: "./key-policy.schema.json" }), defaultKeyPolicy);
    const { captcha, recovery } = await read({ captcha: { flows: ["login"] }, recovery: { methods: ["MAIL"] } });
    assert.deepEqual(captcha, { provider: "altcha", flows: ["login"] });
    assert.deepEqual(recovery, { methods: ["MAIL"], defaultMethod: "MAIL", linkTo: undefined });
    assert.deepEqual((await read({ recovery: { methods: [] } })).recovery.methods, []);
  });

  test("what is written out is read as the same", async () => {
    for (const policy of [{}, whole]) {
      const once = await read(policy);
      assert.deepEqual(await read(writeKeyPolicy(once)), once);
    }
    assert.deepEqual(writeKeyPolicy(await read(whole)), whole);
  });

  const faults: readonly (readonly [policy: unknown, says: RegExp])[] = [
    ["{", /^p\.json: is not valid JSON/],
    ['{"scopes":[],"scopes":[]}', /^p\.json: the key "scopes" stands twice/],
    ["[]", /^p\.json: the file must be object/],
    [{ scope: [] }, /^p\.json: the file has the unknown key "scope"; allowed: .*scopes/],
    [{ factors: { sms: true } }, /^p\.json: factors has the unknown key "sms"/],
    [{ scopes: ["users.read", "all"] }, /^p\.json: scopes\[1\] must be one of "users\.read"/],
    [{ scopes: "users.read" }, /^p\.json: scopes must be array/],
    [{ criticalChanges: "no" }, /^p\.json: criticalChanges must be boolean/],
    [{ language: "de" }, /^p\.json: language must be one of "en", "fa", "ru"/],
    [{ profile: "strict" }, /^p\.json: profile must be one of/],
    [{ captcha: { provider: "cloud" } }, /^p\.json: captcha\.provider is "cloud", which is none of altcha, human$/],
    [{ captcha: { flows: ["logout"] } }, /^p\.json: captcha\.flows\[0\] must be one of/],
    [{ recovery: { methods: ["MAIL"], defaultMethod: "PHONE" } }, /recovery\.defaultMethod is PHONE, which is none/],
    [{ recovery: { methods: ["QUESTION"] } }, /recovery\.methods has QUESTION, but factors\.controlQuestion is off/],
    [{ recovery: { linkTo: "javascript:alert(1)" } }, /recovery\.linkTo is "javascript:/],
    [{ recovery: { linkTo: "http://example.org/" } }, /recovery\.linkTo is .* neither https nor on this machine/],
    [{ recovery: { linkTo: "https://example.org/#a" } }, /recovery\.linkTo is .* has a fragment/],
    [{ addresses: ["192.0.2.1", "192.0.2.0/33"] }, /addresses\[1\] is "192\.0\.2\.0\/33", which is neither/],
    [{ addresses: ["example.org"] }, /addresses\[0\] is/],
    [{ addresses: ["127.1"] }, /addresses\[0\] is/],
    [{ origins: ["https://example.org/"] }, /origins\[0\] is .* not an origin/],
    [{ origins: ["*"] }, /origins\[0\] is .* not an origin/],
    [{ origins: ["null"] }, /origins\[0\] is .* not an origin/],
    [{ limits: { logout: { limit: 1, per: "1m" } } }, /limits has "logout", which is none of login, signup/],
    [{ limits: { login: { limit: 0, per: "1m" } } }, /limits\.login\.limit must be >= 1/],
    [{ limits: { login: { limit: 1, per: "soon" } } }, /limits\.login\.per must match/],
  ];
  for (const [policy, says] of faults)
    test(`${JSON.stringify(policy)} is refused by its path`, async () => {
      const told = await faultsOf(policy);
      assert.ok(
        told.some((fault) => says.test(fault)),
        JSON.stringify(told),
      );
    });

  test("every fault of a policy is told at once", async () => {
    assert.equal((await faultsOf({ addresses: ["x"], origins: ["y"], recovery: { linkTo: "z" } })).length, 3);
  });

  test("what is weaker than the default is named, and nothing else", async () => {
    assert.deepEqual(weakerPolicy(defaultKeyPolicy), []);
    const policy = await read({
      ...whole,
      origins: [...whole.origins, "http://app.example.org"],
      limits: { login: { limit: 11, per: "1m" } },
    });
    const names = weakerPolicy(policy).map((words) => /^[\w.]+/.exec(words)?.[0]);
    assert.deepEqual(names, [
      "criticalChanges",
      "factors.controlQuestion",
      "recovery.methods",
      "origins",
      "limits.login",
    ]);
  });

  test("what a key's holders are told or allowed beyond others is named", async () => {
    assert.deepEqual(literalPolicy({ policy: defaultKeyPolicy, isDevelopment: false }), []);
    const policy = { ...defaultKeyPolicy, profile: "contract", scopes: ["search"] } as const;
    const words = literalPolicy({ policy, isDevelopment: true });
    assert.equal(words.length, 3);
    assert.deepEqual(
      literalPolicy({ policy: { ...policy, profile: "hardened", addresses: ["::1"] }, isDevelopment: false }),
      [],
    );
  });
});
