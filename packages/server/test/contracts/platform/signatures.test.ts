import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { request, type Response } from "../../server/request.js";
import { type Headers, newNonce, schemes, secondsNow, signMessageWith } from "../../server/signing.js";
import { rawRequest } from "../raw-request.js";
import { expectRefused } from "./row.js";
import { givenUser, hostOf, serverKey, serverPolicy, signedSent, type ToSign, withHeaders } from "./signed.js";
import { bearing, type PlatformSent, successIn, useStage } from "./stage.js";

describeOnEveryEngine("platform, signed requests", (engine) => {
  const stage = useStage(engine);
  const create = (over: Partial<ToSign> = {}) =>
    signedSent(stage, { method: "POST", path: "/users", json: givenUser(), ...over });
  const expect = async (sent: PlatformSent, code: string, members?: Readonly<Record<string, RegExp>>) =>
    expectRefused(await stage.ask(sent), { code, ...(members === undefined ? {} : { members }) });
  const codeOf = ({ json }: Response): unknown => Object(json).error_code;

  for (const scheme of schemes)
    describe(scheme, () => {
      test("SIG-01: a body that was changed, emptied or encoded anew is refused", async () => {
        const bodies: readonly ((body: string) => string | Uint8Array)[] = [
          (body) => body.replace("}", " }"),
          () => "",
          () => "{}",
          (body) => body.replace("example.org", "example.com"),
        ];
        for (const change of bodies) {
          const sent = await create({ scheme });
          await expect({ ...sent, body: change(String(sent.body)) }, "auth.signature.invalid");
        }
        const sent = await create({ scheme });
        const zipped = withHeaders({ ...sent, body: gzipSync(String(sent.body)) }, { "content-encoding": "gzip" });
        assert.ok((await stage.ask(zipped)).status >= 400);
        const size = Buffer.byteLength(String(sent.body)).toString(16);
        const chunked = `${size}\r\n${String(sent.body)}\r\n0\r\n\r\n`;
        assert.ok((await stage.ask({ ...sent, body: chunked })).status >= 400);
      });

      test("a body that travels in chunks is the same body", async () => {
        const sent = withHeaders(await create({ scheme }), { "transfer-encoding": "chunked" });
        successIn(await stage.ask(sent), 201);
      });

      test("a body behind a GET is part of what is signed", async () => {
        const sent = await signedSent(stage, { method: "GET", path: "/users/1", scheme });
        await expect(
          { ...withHeaders(sent, { "content-type": "application/json" }), body: "{}" },
          "auth.signature.invalid",
        );
      });

      test("SIG-04: a time within 300 s of now is good, and no other", async () => {
        for (const off of [-290, 290])
          successIn(await stage.ask(await create({ scheme, over: { at: secondsNow() + off, lifetime: 300 } })), 201);
        for (const off of [-302, 330, 1_000_000_000])
          await expect(await create({ scheme, over: { at: secondsNow() + off } }), "auth.signature.expired");
      });

      test("SIG-05: a header that is sent twice is refused", async () => {
        const names =
          scheme === "platform" ? ["x-timestamp", "x-nonce"] : ["signature", "signature-input", "content-digest"];
        const twice = async (name: string): Promise<PlatformSent> => {
          const sent = await create({ scheme });
          const value = String((sent.headers as Headers)[name]);
          return { ...sent, headers: { ...sent.headers, [name]: [value, value] } };
        };
        for (const name of names) await expect(await twice(name), "auth.signature.invalid");
        const own = await serverKey(stage);
        const sent = await create({ scheme });
        await expect(
          { ...sent, key: null, headers: { ...sent.headers, "x-api-key": [own.key, own.key] } },
          "auth.apikey.invalid",
        );
        if (scheme === "platform") await expect(await twice("authorization"), "auth.header.invalid");
        const answer = await stage.ask(await twice("content-type"));
        assert.equal(codeOf(answer), "request.type.unsupported");
      });

      test("SIG-06: the host is the one that was sent, whatever proxies name", async () => {
        await expect(withHeaders(await create({ scheme }), { host: "evil.example" }), "auth.signature.invalid");
        const evil = withHeaders(await create({ scheme }), {
          "x-forwarded-host": "evil.example",
          forwarded: "host=evil.example",
        });
        successIn(await stage.ask(evil), 201);
      });

      test("SIG-09: another key's secret is none of this one's", async () => {
        const [own, other] = [await serverKey(stage), await stage.makeKey({ policy: serverPolicy })];
        await expect(await create({ scheme, key: { ...own, secret: other.secret } }), "auth.signature.invalid");
        await expect(await create({ scheme, key: { ...own, secret: own.key } }), "auth.signature.invalid");
        await expect(await create({ scheme, key: { ...own, secret: "" } }), "auth.signature.invalid");
      });

      test("SIG-12: who is named in body or query changes neither caller nor scope", async () => {
        const other = await stage.makeKey({ policy: serverPolicy });
        const key = await stage.keyWith({ scopes: ["users.read"] });
        const over = {
          client_id: other.id,
          api_key: other.key,
          scopes: ["users.write"],
          role: "admin",
          id: "1",
          status: "closed",
        };
        const path = `/users?api_key=${other.key}&client_id=${other.id}&role=admin`;
        await expect(await create({ scheme, key, path, json: givenUser(over) }), "auth.restricted");
        const made = successIn(await stage.ask(await create({ scheme, path, json: givenUser(over) })), 201);
        assert.equal(Object(made["user"]).status, "active");
        assert.notEqual(Object(made["user"]).id, "1");
      });

      test("a key for development is told the text that was signed, and no other key is", async () => {
        const key = await stage.makeKey({ policy: serverPolicy, isDevelopment: true });
        const first = scheme === "platform" ? /^PUT\n/ : /^"@method": PUT\n/;
        const sent = { ...(await create({ scheme, key })), method: "POST" };
        const answer = await stage.ask({ ...sent, path: "/users?x=1" });
        const { canonical } = Object(answer.json) as { readonly canonical: string };
        expectRefused(answer, { code: "auth.signature.invalid", members: { canonical: /\/default\/v2\/users/ } });
        assert.ok(canonical.includes(hostOf(stage)) && !first.test(canonical));
        await expect({ ...(await create({ scheme })), path: "/users?x=1" }, "auth.signature.invalid");
      });
    });

  test("SIG-07: a signature that covers too little is refused", async () => {
    const { id: keyId, key, secret } = await serverKey(stage);
    const body = JSON.stringify(givenUser());
    const unsigned = { method: "POST", host: hostOf(stage), target: `${stage.prefix}/users`, body };
    const all = ["@method", "@authority", "@path", "@query", "content-digest"];
    const at = secondsNow();
    for (const left of [...all, undefined]) {
      const components = all.filter((name) => name !== left);
      const parameters = `;created=${at};expires=${at + 60};nonce="${newNonce()}";keyid="${keyId}";alg="hmac-sha256"`;
      const headers = signMessageWith({ keyId, key, secret }, unsigned, { components, parameters });
      const sent = {
        method: "POST",
        path: "/users",
        key,
        headers: { ...headers, "content-type": "application/json" },
        body,
      };
      if (left === undefined) successIn(await stage.ask(sent), 201);
      else await expect(sent, "auth.signature.invalid");
    }
  });

  test("SIG-08: a folded header and a line forged into one are refused", async () => {
    const sent = await signedSent(stage, { method: "GET", path: "/users/1" });
    const headers = {
      host: hostOf(stage),
      "x-api-key": String(sent.key),
      ...(sent.headers as Headers),
      connection: "close",
    };
    const ask = (change: (lines: readonly string[]) => readonly string[]) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      return rawRequest(
        stage.server.port,
        `GET ${stage.prefix}/users/1 HTTP/1.1\r\n${change(lines).join("\r\n")}\r\n\r\n`,
      );
    };
    const folded = await ask((lines) => lines.map((line) => line.replace("x-nonce: ", "x-nonce: x\r\n ")));
    assert.match(folded, /^HTTP\/1\.1 40[01] /);
    for (const separator of ["\n", "\r", "\u0000"]) {
      const forged = await ask((lines) => lines.map((line) => line.replace("x-nonce: ", `x-nonce: x${separator}y`)));
      assert.match(forged, /^HTTP\/1\.1 40[01] /);
    }
    // Untouched, the same request is genuine.
    assert.match(await ask((lines) => lines), /^HTTP\/1\.1 404 [\s\S]*object\.id\.notfound/);
  });

  test("SIG-10: a secret has 256 random bits, and nobody chooses it", async () => {
    const { secret } = await serverKey(stage);
    assert.match(secret, /^aps_[\w-]{43}$/);
    const { stdout } = await stage.cli("key", "create", "--help");
    assert.ok(!stdout.includes("--secret"));
  });

  test("SIG-16: what is wrong is told in one order", async () => {
    const own = await serverKey(stage);
    const poor = await stage.keyWith({ scopes: [] });
    type Fault = readonly [code: string, spoil: (sent: PlatformSent) => PlatformSent];
    const faults: readonly Fault[] = [
      ["object.id.notfound", (sent) => ({ ...sent, prefix: "/nobody/v2" })],
      ["auth.apikey.invalid", (sent) => ({ ...sent, key: "apk_x" })],
      ["request.method.notallowed", (sent) => ({ ...sent, method: "PUT" })],
      ["request.type.unsupported", (sent) => withHeaders(sent, { "content-type": "text/plain" })],
      ["request.validation.failed", (sent) => ({ ...sent, body: "{" })],
      ["auth.header.invalid", (sent) => withHeaders(sent, bearing("token"))],
      ["auth.signature.invalid", (sent) => withHeaders(sent, { authorization: "Signature x" })],
      ["auth.signature.expired", (sent) => withHeaders(sent, { "x-timestamp": "1" })],
      ["auth.signature.invalid", (sent) => withHeaders(sent, { "x-nonce": "x" })],
      ["auth.signature.invalid", (sent) => withHeaders(sent, { "x-nonce": "another-nonce-than-signed" })],
    ];
    for (const [at, [code, spoil]] of faults.entries())
      for (const [, later] of [["", (sent: PlatformSent) => sent] as const, ...faults.slice(at + 1)]) {
        const answer = await stage.ask(spoil(later(await create({ key: own }))));
        assert.equal(codeOf(answer), code);
      }
    // The scope after the signature, the fields after the scope, the operation after the fields.
    const wrong = { emails: ["x"], first_name: 1 };
    await expect(await create({ key: poor, json: wrong }), "auth.restricted");
    await expect({ ...(await create({ key: poor, json: wrong })), path: "/users?x=1" }, "auth.signature.invalid");
    assert.equal(codeOf(await stage.ask(await create({ json: wrong }))), "request.validation.failed");
    await expect(await create({ json: { emails: ["x"] } }), "profile.identifier.invalid");
  });

  test("a target in absolute form is no endpoint", async () => {
    const sent = await signedSent(stage, { method: "GET", path: "/users/1" });
    const headers = { ...sent.headers, "x-api-key": String(sent.key) };
    const answer = await request(stage.server.url, { path: `${stage.server.url}${stage.prefix}/users/1`, headers });
    assert.equal(answer.status, 404);
    assert.notEqual(codeOf(answer), "object.id.notfound");
  });
});
