import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createCaptchas } from "#adapters/captcha/captchas.js";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import type { CaptchaConfiguration } from "#core/captcha/captcha-configuration.js";
import type { CaptchaAnswer, CaptchaVerdict } from "#core/captcha/captchas.js";
import { brokenConducts, type CaptchaServer, startCaptchaServer } from "./captcha-server.js";

const now = 1_800_000_000_000;
const answer: CaptchaAnswer = {
  response: "solved",
  flow: "login",
  address: "203.0.113.7",
  owner: "default api_1",
  now,
};
const given: CaptchaConfiguration = {
  name: "theirs",
  kind: "turnstile",
  siteKey: "a site key",
  secret: "hunter2 &=",
  verifyUrl: "",
  hostnames: [],
  checksAction: false,
  minimumScore: undefined,
};

describe("a captcha of somebody else's", () => {
  let server: CaptchaServer;
  before(async () => {
    server = await startCaptchaServer();
  });
  after(() => server.stop());
  const open = (over: Partial<CaptchaConfiguration> = {}, isProduction = false) =>
    createCaptchas([{ ...given, verifyUrl: server.verifyUrl, ...over }], {
      random: systemRandom,
      secrets: createSecrets([new Uint8Array(32).fill(7)]),
      isProduction,
    });
  const check = (over: Partial<CaptchaConfiguration> = {}): Promise<CaptchaVerdict> =>
    open(over).check("theirs", answer);
  const right: CaptchaVerdict = { isRight: true, id: "solved", expiresAt: now + 3_600_000 };
  const wrong = (reason: string): CaptchaVerdict => ({ isRight: false, reason });

  it("is asked once, by a form, and believed", async () => {
    server.behave({ success: true, hostname: "shop.example.org", challenge_ts: "2027-01-15T08:00:00Z" });
    assert.deepEqual(await check(), right);
    assert.deepEqual(server.asked.at(-1), {
      method: "POST",
      path: "/siteverify",
      type: "application/x-www-form-urlencoded",
      form: { secret: "hunter2 &=", response: "solved", remoteip: "203.0.113.7" },
    });
  });

  it("of hCaptcha is asked for its own site key", async () => {
    server.behave({ success: true });
    assert.deepEqual(await check({ kind: "hcaptcha" }), right);
    assert.equal(server.asked.at(-1)?.form["sitekey"], "a site key");
  });

  it("gives pages its site key", async () => {
    const purpose = { owner: "default api_1", now };
    assert.deepEqual(await open().task("theirs", purpose), { kind: "turnstile", siteKey: "a site key" });
    assert.equal(await open().task("nobody's", purpose), undefined);
  });

  for (const [what, { conduct, reason }] of Object.entries(brokenConducts))
    it(`lets nobody in when its provider ${what}`, async () => {
      server.behave(conduct);
      const began = Date.now();
      const verdict = await check();
      assert.ok(Date.now() - began < 5_000, "it took too long");
      assert.equal(verdict.isRight, false);
      assert.match(verdict.isRight ? "" : verdict.reason, reason);
      assert.equal(server.asked.at(-1)?.path, "/siteverify", "a redirect was followed");
    });

  it("lets nobody in when its provider is not there", async () => {
    const nowhere = await check({ verifyUrl: "http://127.0.0.1:1/siteverify" });
    assert.deepEqual(nowhere, wrong("not-reached ECONNREFUSED"));
  });

  it("asks no address inside", async () => {
    for (const verifyUrl of ["https://169.254.169.254/", "https://[::ffff:169.254.169.254]/", "http://10.0.0.1/"]) {
      const verdict = await check({ verifyUrl });
      assert.match(verdict.isRight ? "" : verdict.reason, /^not-reached (?:address-not-public|scheme-not-https)$/);
    }
    server.behave({ success: true });
    assert.deepEqual(await open({}, true).check("theirs", answer), wrong("not-reached scheme-not-https"));
  });

  it("is worth nothing once it has been taken from the configuration", async () => {
    assert.deepEqual(await open().check("nobody's", answer), wrong("not-configured"));
  });

  const hostnames = ["shop.example.org"];
  const said: readonly [string, Partial<CaptchaConfiguration>, Record<string, unknown>, CaptchaVerdict][] = [
    ["on its own site", { hostnames }, { hostname: "shop.example.org" }, right],
    ["on another site", { hostnames }, { hostname: "evil.example.org" }, wrong("another-site")],
    ["on a site within its own", { hostnames }, { hostname: "a.shop.example.org" }, wrong("another-site")],
    ["on no site", { hostnames }, {}, wrong("another-site")],
    ["on a list of sites", { hostnames }, { hostname: hostnames }, wrong("another-site")],
    ["for its own flow", { checksAction: true }, { action: "login" }, right],
    ["for another flow", { checksAction: true }, { action: "signup" }, wrong("another-action")],
    ["for no flow", { checksAction: true }, {}, wrong("another-action")],
    ["with the lowest score", { minimumScore: 0.5 }, { score: 0.5 }, right],
    ["with a score below it", { minimumScore: 0.5 }, { score: 0.49 }, wrong("score-too-low")],
    ["with a score that is a text", { minimumScore: 0.5 }, { score: "0.9" }, wrong("score-too-low")],
    ["with no score", { minimumScore: 0.5 }, {}, wrong("score-too-low")],
  ];
  for (const [what, over, members, verdict] of said)
    it(`is ${verdict.isRight ? "right" : "wrong"} when it was solved ${what}`, async () => {
      server.behave({ success: true, ...members });
      assert.deepEqual(await check(over), verdict);
    });
});
