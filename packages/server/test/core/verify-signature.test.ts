import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fingerprint } from "#adapters/system/fingerprint.js";
import { requestSignatures } from "#adapters/system/request-signatures.js";
import type { ApiKey, ApiSecret } from "#core/api-keys/api-key.js";
import { defaultKeyPolicy } from "#core/api-keys/key-policy.js";
import { type SignedRequest, verifySignature } from "#core/api-keys/verify-signature.js";
import type { ApiKeyId, ApiSecretId } from "#core/ids.js";
import { Refusal, type Refusals } from "#core/refusal.js";
import {
  type Headers,
  macOf,
  type Scheme,
  schemes,
  signed,
  signMessageWith,
  type Unsigned,
} from "../server/signing.js";

const now = 1_800_000_000_000;
const seconds = now / 1000;
const keyId = "api_AAAAAAAAAAAAAAAAAAAAAA" as ApiKeyId;
const key = { keyId, key: "apk_key", secret: "aps_the-secret-of-this-key" };
const request: Unsigned = {
  method: "POST",
  host: "Example.org:8080",
  target: "/acme/v2/users?a=1&b=",
  body: '{"a":1}',
};
const nonce = "0123456789abcdef";

interface Given {
  readonly headers?: Headers;
  readonly over?: Partial<Unsigned>;
  readonly isDevelopment?: boolean;
  readonly secrets?: readonly string[];
  readonly spent?: Set<string>;
}

/** What the verification says to a request: `undefined` when it is accepted. */
const verify = async ({ headers = {}, over = {}, isDevelopment = false, ...given }: Given) => {
  const sent = { ...request, ...over };
  const spent = given.spent ?? new Set<string>();
  const all: Headers = { host: sent.host, ...headers };
  const wire: SignedRequest = {
    method: sent.method,
    target: sent.target,
    body: new TextEncoder().encode(sent.body),
    signature: all["authorization"]?.replace("Signature ", ""),
    header: (name) => all[name],
  };
  const apiKey: ApiKey = {
    id: keyId,
    keyHash: "",
    name: "app",
    policy: defaultKeyPolicy,
    isDevelopment,
    createdAt: now,
    expiresAt: undefined,
    disabledAt: undefined,
  };
  const secrets = (given.secrets ?? [key.secret]).map(
    (secret): ApiSecret => ({ id: "sec_" as ApiSecretId, keyId, secret, createdAt: now, expiresAt: undefined }),
  );
  const stores = {
    // Of the stores' methods only these two are used.
    apiKeys: { secretsOf: async () => secrets },
    singleUse: {
      spend: async (_purpose: string, value: string, expiresAt: number) => {
        assert.ok(expiresAt >= now + 600_000, "a nonce is remembered for as long as its time may be good");
        if (spent.has(value)) return false;
        spent.add(value);
        return true;
      },
    },
  } as unknown as Parameters<typeof verifySignature>[0]["stores"];
  try {
    await verifySignature(
      { clock: { now: () => now }, fingerprint, signatures: requestSignatures, stores },
      apiKey,
      wire,
    );
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, details: error.details };
    throw error;
  }
};

const invalid = (reason: Refusals["signature-invalid"]["reason"]) => ({
  code: "signature-invalid",
  details: { reason, keyId },
});
const expired = (offBy: number) => ({ code: "signature-expired", details: { offBy, keyId } });
const sign = (scheme: Scheme, over: Partial<Unsigned> = {}, at = seconds): Headers =>
  signed(scheme, key, { ...request, ...over }, { at, nonce });

describe("verifySignature", () => {
  for (const scheme of schemes) {
    describe(scheme, () => {
      test("accepts what was signed, with either of two secrets", async () => {
        assert.equal(await verify({ headers: sign(scheme) }), undefined);
        assert.equal(await verify({ headers: sign(scheme), secrets: ["another", key.secret] }), undefined);
      });

      const bodies = ["", "{}", "پیام", "a\nb"];
      for (const body of bodies)
        test(`accepts the body ${JSON.stringify(body)}`, async () => {
          assert.equal(await verify({ headers: sign(scheme, { body }), over: { body } }), undefined);
        });

      const targets = ["/acme/v2/users", "/acme/v2/users?", "/acme/v2/users??", "/acme/v1/users/1?x=%20&x=%20"];
      for (const target of targets)
        test(`accepts the target ${target}, and no other under its signature`, async () => {
          assert.equal(await verify({ headers: sign(scheme, { target }), over: { target } }), undefined);
          assert.deepEqual(await verify({ headers: sign(scheme, { target }) }), invalid("mismatch"));
        });

      const changes: Readonly<Record<string, Partial<Unsigned>>> = {
        method: { method: "PUT" },
        host: { host: "example.org" },
        port: { host: "example.org:8081" },
        path: { target: "/acme/v2/user?a=1&b=" },
        version: { target: "/acme/v1/users?a=1&b=" },
        query: { target: "/acme/v2/users?a=1&b=2" },
        "query order": { target: "/acme/v2/users?b=&a=1" },
        "no query": { target: "/acme/v2/users" },
        body: { body: '{"a":2}' },
        "body space": { body: '{"a": 1}' },
        "no body": { body: "" },
      };
      for (const [what, over] of Object.entries(changes))
        test(`refuses another ${what}`, async () => {
          const body = scheme === "rfc9421" && over.body !== undefined;
          assert.deepEqual(await verify({ headers: sign(scheme), over }), invalid(body ? "digest" : "mismatch"));
        });

      for (const [off, verdict] of [
        [-301, expired(301)],
        [-300, undefined],
        [-299, undefined],
        [299, undefined],
        [300, undefined],
        [301, expired(-301)],
        [86_400, expired(-86_400)],
      ] as const)
        test(`a time ${off} s from now is ${verdict === undefined ? "good" : "over"}`, async () => {
          const headers = signed(scheme, key, request, { at: seconds + off, nonce, lifetime: 300 });
          // A signature of RFC 9421 ends with the second that it names.
          const told = scheme === "rfc9421" && off === -300 ? expired(0) : verdict;
          assert.deepEqual(await verify({ headers }), told);
        });

      for (const bad of [
        "",
        "0123456789abcde",
        "a".repeat(129),
        "0123456789abcdef=",
        "0123456789 abcdef",
        "نonce0123456789ab",
      ])
        test(`refuses the nonce ${JSON.stringify(bad).slice(0, 40)}`, async () => {
          const headers = signed(scheme, key, request, { at: seconds, nonce: bad });
          assert.deepEqual(await verify({ headers }), invalid("header"));
        });
      for (const good of ["0123456789abcdef", "A-_z".repeat(32)])
        test(`accepts a nonce of ${good.length} characters`, async () => {
          const headers = signed(scheme, key, request, { at: seconds, nonce: good });
          assert.equal(await verify({ headers }), undefined);
        });

      test("refuses a nonce that was used before, whichever scheme used it", async () => {
        const spent = new Set<string>();
        assert.equal(await verify({ headers: sign(scheme), spent }), undefined);
        for (const other of schemes)
          assert.deepEqual(
            await verify({ headers: sign(other, { body: "{}" }), over: { body: "{}" }, spent }),
            invalid("nonce-used"),
          );
      });

      test("spends no nonce of a request that is refused", async () => {
        const spent = new Set<string>();
        assert.deepEqual(await verify({ headers: sign(scheme), over: { method: "PUT" }, spent }), invalid("mismatch"));
        assert.equal(spent.size, 0);
        assert.equal(await verify({ headers: sign(scheme), spent }), undefined);
      });

      test("refuses without a secret that is good, and with another key's", async () => {
        assert.deepEqual(await verify({ headers: sign(scheme), secrets: [] }), invalid("no-secret"));
        assert.deepEqual(await verify({ headers: sign(scheme), secrets: ["another"] }), invalid("mismatch"));
      });

      test("tells development keys the text that was signed here, and no other", async () => {
        const told = await verify({ headers: sign(scheme), over: { method: "PUT" }, isDevelopment: true });
        assert.ok(told !== undefined && "canonical" in told.details);
        const { canonical } = told.details as Refusals["signature-invalid"];
        assert.match(
          canonical ?? "",
          scheme === "platform" ? /^PUT\nexample\.org:8080\n/ : /^"@method": PUT\n"@authority"/,
        );
        const signedText = { ...request, method: "PUT" };
        if (scheme === "platform")
          assert.equal(
            signed("platform", key, signedText, { at: seconds, nonce })["authorization"],
            `Signature ${macOf(key.secret, canonical ?? "")}`,
          );
        assert.deepEqual(await verify({ headers: sign(scheme), over: { method: "PUT" } }), invalid("mismatch"));
      });
    });
  }

  describe("the contract's own scheme", () => {
    const cases: Readonly<
      Record<string, readonly [change: (headers: Record<string, string>) => void, verdict: object]>
    > = {
      "no X-Timestamp": [(headers) => delete headers["x-timestamp"], invalid("header")],
      "an X-Timestamp with a sign": [(headers) => (headers["x-timestamp"] = `+${seconds}`), invalid("header")],
      "an X-Timestamp in milliseconds": [(headers) => (headers["x-timestamp"] = `${now}`), invalid("header")],
      "an X-Timestamp with a fraction": [(headers) => (headers["x-timestamp"] = `${seconds}.0`), invalid("header")],
      "an X-Timestamp of Persian digits": [(headers) => (headers["x-timestamp"] = "۱۸۰۰۰۰۰۰۰۰"), invalid("header")],
      "the same X-Timestamp written otherwise": [
        (headers) => (headers["x-timestamp"] = `0${seconds}`),
        invalid("mismatch"),
      ],
      "no X-Nonce": [(headers) => delete headers["x-nonce"], invalid("header")],
      "no Host": [(headers) => (headers["host"] = undefined as unknown as string), invalid("header")],
      "a signature in hexadecimal": [
        (headers) => {
          const mac = Buffer.from((headers["authorization"] ?? "").slice(10), "base64url");
          headers["authorization"] = `Signature ${mac.toString("hex")}`;
        },
        invalid("header"),
      ],
      "a padded signature": [(headers) => (headers["authorization"] += "="), invalid("header")],
      "a signature whose unused bits are set": [
        (headers) => {
          const mac = headers["authorization"] ?? "";
          const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
          headers["authorization"] = mac.slice(0, -1) + alphabet[alphabet.indexOf(mac.slice(-1)) ^ 1];
        },
        invalid("mismatch"),
      ],
      "a malformed signature before a time that is over": [
        (headers) => {
          headers["authorization"] = "Signature x";
          headers["x-timestamp"] = "1";
        },
        invalid("header"),
      ],
      "a time that is over before a malformed nonce": [
        (headers) => {
          headers["x-nonce"] = "x";
          headers["x-timestamp"] = "1";
        },
        expired(seconds - 1),
      ],
    };
    for (const [what, [change, verdict]] of Object.entries(cases))
      test(`refuses ${what}`, async () => {
        const headers = { ...sign("platform") };
        change(headers);
        assert.deepEqual(await verify({ headers }), verdict);
      });

    test("is a keyed hash over six lines", async () => {
      const lines = ["POST", "example.org:8080", request.target, String(seconds), nonce];
      const bodyHash = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
      const authorization = `Signature ${macOf(key.secret, [...lines, bodyHash].join("\n"))}`;
      const headers = { authorization, "x-timestamp": String(seconds), "x-nonce": nonce };
      assert.equal(await verify({ headers }), undefined);
    });
  });

  describe("RFC 9421", () => {
    const usual = `;created=${seconds};expires=${seconds + 60};nonce="${nonce}";keyid="${keyId}";alg="hmac-sha256"`;
    const all = ["@method", "@authority", "@path", "@query", "content-digest"];
    const message = (parameters: string, components: readonly string[] = all, fields: Headers = {}): Headers => ({
      ...signMessageWith(key, request, { components, parameters, fields }),
      ...Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith("@"))),
    });

    const forms: Readonly<Record<string, readonly [string, object | undefined]>> = {
      "all parameters": [usual, undefined],
      "its parameters in another order": [
        `;alg="hmac-sha256";keyid="${keyId}";nonce="${nonce}";expires=${seconds + 60};created=${seconds}`,
        undefined,
      ],
      "another algorithm": [usual.replace("hmac-sha256", "hmac-sha1"), invalid("header")],
      "the algorithm as a token": [usual.replace('"hmac-sha256"', "hmac-sha256"), invalid("header")],
      "no algorithm": [usual.replace(';alg="hmac-sha256"', ""), invalid("header")],
      "no expires": [usual.replace(/;expires=\d+/, ""), invalid("header")],
      "no nonce": [usual.replace(/;nonce="\w+"/, ""), invalid("header")],
      "another key's id": [usual.replace(keyId, "api_BBBBBBBBBBBBBBBBBBBBBB"), invalid("header")],
      "a parameter that nobody knows": [`${usual};tag="x"`, invalid("header")],
      "a time with a fraction": [usual.replace(/created=\d+/, `created=${seconds}.5`), invalid("header")],
      "301 s of life": [usual.replace(/expires=\d+/, `expires=${seconds + 301}`), invalid("header")],
      "300 s of life": [usual.replace(/expires=\d+/, `expires=${seconds + 300}`), undefined],
      "an end before its beginning": [usual.replace(/expires=\d+/, `expires=${seconds - 1}`), invalid("header")],
      "an end that has come": [
        usual.replace(/created=\d+;expires=\d+/, `created=${seconds - 60};expires=${seconds}`),
        expired(0),
      ],
    };
    for (const [what, [parameters, verdict]] of Object.entries(forms))
      test(`${verdict === undefined ? "accepts" : "refuses"} ${what}`, async () => {
        assert.deepEqual(await verify({ headers: message(parameters) }), verdict);
      });

    for (const left of all)
      test(`refuses what does not cover ${left}`, async () => {
        const components = all.filter((name) => name !== left);
        assert.deepEqual(await verify({ headers: message(usual, components) }), invalid("covered-components"));
      });
    test("refuses a component twice, and those of other profiles", async () => {
      for (const other of ["@method", "@target-uri", "@request-target", "@status", "@scheme", "date"])
        assert.deepEqual(await verify({ headers: message(usual, [...all, other]) }), invalid("covered-components"));
    });
    test("accepts a header that is covered beside, and not another value of it", async () => {
      const headers = message(usual, [...all, "content-type"], { "content-type": "application/json" });
      assert.equal(await verify({ headers }), undefined);
      const changed = { ...headers, "content-type": "text/plain" };
      assert.deepEqual(await verify({ headers: changed }), invalid("mismatch"));
    });

    const texts: Readonly<Record<string, (headers: Record<string, string>) => void>> = {
      "two signatures": (headers) => {
        headers["signature-input"] += `, sig2=("@method")${usual}`;
        headers["signature"] += ", sig2=:AAAA:";
      },
      "a signature of another label": (headers) =>
        (headers["signature"] = (headers["signature"] ?? "").replace("sig1", "sig2")),
      "another spelling of the same list": (headers) =>
        (headers["signature-input"] = (headers["signature-input"] ?? "").replace('" "', '"  "')),
      "another spelling of the same number": (headers) =>
        (headers["signature-input"] = (headers["signature-input"] ?? "").replace("created=", "created=0")),
      "a parameter twice": (headers) =>
        (headers["signature-input"] = (headers["signature-input"] ?? "").replace(";created", ";created=1;created")),
      "a component with a parameter": (headers) =>
        (headers["signature-input"] = (headers["signature-input"] ?? "").replace('"@method"', '"@method";req')),
      "a signature of other bits that mean the same bytes": (headers) => {
        const [, mac = ""] = /:(.+)=:/.exec(headers["signature"] ?? "") ?? [];
        const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const next = alphabet[alphabet.indexOf(mac.slice(-1)) ^ 1];
        headers["signature"] = `sig1=:${mac.slice(0, -1)}${next}=:`;
      },
      "a signature with parameters": (headers) => (headers["signature"] += ";x"),
      "a signature that is a text": (headers) => (headers["signature"] = 'sig1="x"'),
      "what is no structured field": (headers) => (headers["signature-input"] = "sig1=((("),
      "no Signature": (headers) => delete headers["signature"],
      "no Content-Digest": (headers) => delete headers["content-digest"],
    };
    for (const [what, change] of Object.entries(texts))
      test(`refuses ${what}`, async () => {
        const headers = { ...message(usual) };
        change(headers);
        assert.deepEqual(await verify({ headers }), invalid("header"));
      });

    const digest = (value: string): Headers => message(usual, all, { "content-digest": value });
    const right = message(usual)["content-digest"] ?? "";
    const sha512 = "sha-512=:kSs5u+JlZJ8c/fAvHYU7NIMdn8qqbZF9V3Ll4bd7EMSuHDhCQDqqk55h77mUMAjZ5OcbUFjCQHgRwsyTvHdx2g==:";
    for (const [value, verdict] of [
      [right, undefined],
      [`${right}, unixsum=:AAAA:`, undefined],
      ["sha-256=:AAAA:", invalid("digest")],
      [`${right}, ${sha512}`, invalid("digest")],
      ["md5=:AAAA:", invalid("digest")],
      ['sha-256="text"', invalid("digest")],
      ["(((", invalid("digest")],
      ["", invalid("digest")],
    ] as const)
      test(`Content-Digest ${JSON.stringify(value).slice(0, 60)} is ${verdict === undefined ? "right" : "wrong"}`, async () => {
        assert.deepEqual(await verify({ headers: digest(value) }), verdict);
      });
  });
});
