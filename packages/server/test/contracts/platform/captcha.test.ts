import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Challenge } from "altcha-lib";
import { createCaptchas } from "#adapters/captcha/captchas.js";
import { systemRandom } from "#adapters/system/random.js";
import { brokenConducts, type CaptchaServer, startCaptchaServer } from "../../captcha/captcha-server.js";
import { payloadOf, solve } from "../../captcha/solve.js";
import { describeOnEveryStore } from "../../engines/engines.js";
import { testSecrets } from "../../server/open-node.js";
import type { Response } from "../../server/request.js";
import { expectRefused } from "./row.js";
import { stageMounts, type ClientKey, successIn, useStage } from "./stage.js";

const everywhere = ["signup", "login", "recovery"];
const paths = {
  signup: "/auth/signup",
  login: "/auth/login",
  recovery: "/auth/recovery/recover",
} as const;
const missing = { code: "auth.captcha.missing" };
const invalid = { code: "auth.captcha.invalid" };
/** What a login of nobody answers, once the captcha is passed. */
const passed = { code: "auth.loginid.notfound" };

const theirs = await startCaptchaServer();
after(() => theirs.stop());
const provider = { provider: "turnstile", siteKey: "0x4AAA", secret: "hunter2", verifyUrl: theirs.verifyUrl };

describeOnEveryStore("captchas", (engine) => {
  const config = {
    mounts: stageMounts(),
    captchas: [
      { ...provider, name: "theirs" },
      { ...provider, name: "scored", provider: "recaptcha-v3", hostnames: ["shop.example.org"] },
    ],
  };
  const stage = useStage(engine, { config });
  const server: CaptchaServer = theirs;
  const keyFor = (name: string, flows = everywhere): Promise<ClientKey> =>
    stage.keyWith({ captcha: { provider: name, flows } });
  const ask = async (
    response: unknown,
    { flow = "login", key, company }: { flow?: keyof typeof paths; key?: ClientKey; company?: string } = {},
  ): Promise<Response> =>
    stage.at(company === undefined ? {} : { company }).ask({
      path: paths[flow],
      key: (key ?? (await keyFor("altcha"))).key,
      json: { login_id: "nobody@example.org", captcha_response: response },
    });
  const challenge = async (key?: ClientKey, company = "default"): Promise<Challenge> => {
    const carried = key ?? (await keyFor("altcha"));
    const answer = await stage.at({ company }).ask({ path: "/auth/captcha", key: carried.key });
    const { provider: kind, ...made } = successIn(answer);
    assert.equal(kind, "altcha");
    // As the library made it.
    return made as unknown as Challenge;
  };
  const solved = async (key?: ClientKey, company?: string): Promise<string> => {
    const made = await challenge(key, company);
    return payloadOf(made, await solve(made));
  };

  describe("of this server", () => {
    it("gives a challenge that no cache keeps", async () => {
      const { key } = await keyFor("altcha");
      const answer = await stage.ask({ path: "/auth/captcha", key });
      assert.match(answer.headers["cache-control"] ?? "", /no-store/);
      const { parameters, signature } = successIn(answer) as unknown as Challenge;
      assert.match(String(signature), /^[0-9a-f]{64}$/);
      const { nonce, salt, keyPrefix, keySignature, expiresAt, ...rest } = parameters;
      assert.match(nonce + salt + keyPrefix, /^[0-9a-f]{96}$/);
      assert.match(String(keySignature), /^[0-9a-f]{64}$/);
      const liveFor = Number(expiresAt) - Date.now() / 1000;
      assert.ok(liveFor > 580 && liveFor <= 600, String(liveFor));
      assert.deepEqual(rest, { algorithm: "PBKDF2/SHA-256", cost: 1_000, keyLength: 32 });
    });

    it("is asked for in each flow that the key's policy names, and in no other", async () => {
      for (const flow of ["signup", "login", "recovery"] as const) {
        const key = await keyFor("altcha", [flow]);
        for (const other of ["signup", "login", "recovery"] as const) {
          const answer = await ask(undefined, { flow: other, key });
          if (other === flow) expectRefused(answer, missing);
          else assert.notEqual(Object(answer.json).error_code, "auth.captcha.missing");
        }
      }
    });

    it("is asked for after the fields, and below v1, and in every language", async () => {
      const { key } = await keyFor("altcha");
      const fields = { login_id: ["This field is required."] };
      expectRefused(await stage.ask({ path: "/auth/login", key, json: {} }), {
        code: "request.validation.failed",
        fields,
      });
      for (const language of ["fa", "ru"] as const) {
        const place = stage.at({ version: "v1", language });
        const json = { login_id: "nobody@example.org" };
        expectRefused(await place.ask({ path: "/auth/login", key, json }), missing, language);
        const wrong = { ...json, captcha_response: "x" };
        expectRefused(await place.ask({ path: "/auth/login", key, json: wrong }), invalid, language);
      }
    });

    for (const nothing of [undefined, null, ""])
      it(`is missing when the field is ${String(JSON.stringify(nothing))}`, async () => {
        expectRefused(await ask(nothing), missing);
      });

    for (const [what, response] of Object.entries({
      "a number": 1,
      true: true,
      "a list": ["x"],
      "an empty list": [],
      "an object": {},
      "a word": "solved",
      "too long": "A".repeat(8_193),
    }))
      it(`is wrong when the field is ${what}`, async () => {
        expectRefused(await ask(response), invalid);
      });

    it("is not passed by as another content type, or in the query", async () => {
      const { key } = await keyFor("altcha");
      const body = JSON.stringify({ login_id: "nobody@example.org" });
      const headers = { "content-type": "text/plain" };
      expectRefused(await stage.ask({ path: "/auth/login", key, body, headers }), { code: "request.type.unsupported" });
      const path = `/auth/login?captcha_response=${encodeURIComponent(await solved())}`;
      expectRefused(await stage.ask({ path, key, json: { login_id: "nobody@example.org" } }), missing);
    });

    it("lets a solution pass once, in whatever flow", async () => {
      const solution = await solved();
      expectRefused(await ask(solution), passed);
      for (const flow of ["login", "recovery", "signup"] as const)
        expectRefused(await ask(solution, { flow }), invalid);
    });

    it("lets one of 32 pass who bring a solution at once", async () => {
      const solution = await solved();
      const answers = await Promise.all(Array.from({ length: 32 }, () => ask(solution)));
      assert.equal(answers.filter(({ status }) => status === 404).length, 1);
      for (const answer of answers) expectRefused(answer, answer.status === 404 ? passed : invalid);
    });

    it("takes no solution of another key or realm", async () => {
      const solution = await solved();
      expectRefused(
        await ask(solution, { key: await stage.makeKey({ policy: { captcha: { flows: everywhere } } }) }),
        invalid,
      );
      const company = "captcha-other";
      await stage.shared(`realm ${company}`, () => stage.realm(company));
      const key = await stage.makeKey({ company, policy: { captcha: { flows: everywhere } } });
      expectRefused(await ask(solution, { key, company }), invalid);
      expectRefused(await ask(await solved(key, company), { key, company }), passed);
      expectRefused(await ask(solution), passed);
    });

    it("takes no solution after ten minutes, and none from the future's clock", async () => {
      const { id } = await keyFor("altcha");
      const captchas = createCaptchas([], { random: systemRandom, secrets: testSecrets(), isProduction: false });
      const at = async (now: number): Promise<string> => {
        const made = (await captchas.task("altcha", { owner: `default ${id}`, now })) as unknown as Challenge;
        const { parameters, signature } = made;
        const told = { parameters, ...(signature === undefined ? {} : { signature }) };
        return payloadOf(told, await solve(told));
      };
      expectRefused(await ask(await at(Date.now() - 601_000)), invalid);
      expectRefused(await ask(await at(Date.now() - 590_000)), passed);
    });

    it("takes no solution without work", async () => {
      const made = await challenge();
      const { keyPrefix } = made.parameters;
      expectRefused(await ask(payloadOf(made, { counter: 1, derivedKey: keyPrefix.padEnd(64, "0") })), invalid);
      const cheap = { ...made, parameters: { ...made.parameters, cost: 1 } };
      expectRefused(
        await ask(payloadOf(cheap, await solve({ ...cheap, parameters: { ...cheap.parameters, keyPrefix: "00" } }))),
        invalid,
      );
    });
  });

  describe("of others", { concurrency: false }, () => {
    it("are told by their site key", async () => {
      const { key } = await keyFor("theirs");
      assert.deepEqual(successIn(await stage.ask({ path: "/auth/captcha", key })), {
        provider: "turnstile",
        site_key: "0x4AAA",
      });
    });

    it("let an answer pass once, in whatever flow", async () => {
      server.behave({ success: true });
      const key = await keyFor("theirs");
      const response = `solved ${engine.name} ${Date.now()}`;
      expectRefused(await ask(undefined, { key }), missing);
      expectRefused(await ask(response, { key }), passed);
      assert.equal(server.asked.at(-1)?.form["response"], response);
      for (const flow of ["login", "recovery", "signup"] as const)
        expectRefused(await ask(response, { key, flow }), invalid);
    });

    it("are held to their site, action and score", async () => {
      const key = await keyFor("scored");
      const right = { success: true, hostname: "shop.example.org", action: "login", score: 0.9 };
      for (const over of [
        { hostname: "evil.example.org" },
        { action: "signup" },
        { score: 0.4 },
        { score: undefined },
      ]) {
        server.behave({ ...right, ...over });
        expectRefused(await ask(`scored ${engine.name} ${JSON.stringify(over)}`, { key }), invalid);
      }
      server.behave(right);
      expectRefused(await ask(`scored ${engine.name} ${Date.now()}`, { key }), passed);
    });

    for (const [what, { conduct }] of Object.entries(brokenConducts))
      it(`let nobody pass when the provider ${what}`, async () => {
        server.behave(conduct);
        const key = await keyFor("theirs");
        const began = performance.now();
        expectRefused(await ask(`broken ${engine.name} ${what}`, { key }), invalid);
        assert.ok(performance.now() - began < 5_000);
      });

    it("are answered while another's provider stalls", async () => {
      server.behave(() => undefined);
      const stalled = ask(`stalled ${engine.name}`, { key: await keyFor("theirs") });
      expectRefused(await ask(await solved()), passed);
      expectRefused(await stalled, invalid);
    });
  });
});
