import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { exportSPKI, SignJWT } from "jose";
import { availableEngines } from "../engines/engines.js";
import { poll } from "../server/poll.js";
import type { Visit } from "./browser.js";
import { appUri, tempTokenIn } from "./handoff-page.js";
import { type HandoffStage, useHandoffStage } from "./handoff-stage.js";
import {
  type HonestToken,
  type HostileProvider,
  type Misconduct,
  newKeys,
  sign,
  startHostileProvider,
} from "./hostile-provider.js";

/** One way in which a provider, or whoever pretends to be one, does what it must not. */
interface Row {
  readonly when: string;
  readonly misconduct: Misconduct | ((surroundings: Surroundings) => Misconduct);
}

interface Surroundings {
  /** Of an HTTP server on another port of this machine, which nobody may ask. */
  readonly inside: string;
}

const packed = (base: string): string => Buffer.from(base, "utf8").toString("base64url");
const unsigned = ({ claims }: HonestToken, alg: string): string =>
  `${packed(JSON.stringify({ alg }))}.${packed(JSON.stringify(claims))}.`;
const now = (): number => Math.floor(Date.now() / 1000);
const claiming = (when: string, claims: Record<string, unknown>): Row => ({ when, misconduct: { claims } });
const comingBack = (when: string, callback: Record<string, string | undefined>): Row => ({
  when,
  misconduct: { callback },
});
const answering = (
  when: string,
  endpoint: "metadata" | "keys" | "token",
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Row => ({ when, misconduct: { answers: { [endpoint]: answer } } });
const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
/** A piece now and then, for ever. */
const drip = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 300);
  response.on("close", () => clearInterval(timer));
};
const flood = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/json" });
  const mebibyte = Buffer.alloc(1024 * 1024, " ");
  let left = 100;
  const pour = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(mebibyte)) return void response.once("drain", pour);
    }
    response.end();
  };
  pour();
};
const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, " "));

const rows: readonly Row[] = [
  claiming("the nonce is another", { nonce: "x".repeat(43) }),
  claiming("the nonce is missing", { nonce: undefined }),
  claiming("the nonce is a list", { nonce: ["x"] }),
  claiming("the issuer is another", { iss: "https://accounts.google.com" }),
  claiming("the issuer has a slash more", { iss: "http://127.0.0.1/" }),
  claiming("the issuer is missing", { iss: undefined }),
  claiming("the audience is another", { aud: "somebody-else" }),
  claiming("the audience is a part of ours", { aud: "trili" }),
  claiming("the audience is missing", { aud: undefined }),
  claiming("the audience is ours and another, and nobody is authorized", { aud: ["trilithon", "somebody-else"] }),
  claiming("the authorized party is another", { azp: "somebody-else" }),
  claiming("the authorized party of two audiences is another", {
    aud: ["trilithon", "somebody-else"],
    azp: "somebody-else",
  }),
  claiming("the token is over", { exp: now() - 3600, iat: now() - 7200 }),
  claiming("the token has no end", { exp: undefined }),
  claiming("the token's end is a text", { exp: "2099-01-01" }),
  claiming("the token says not when it was made", { iat: undefined }),
  claiming("the token begins later", { nbf: now() + 3600 }),
  claiming("the subject is a number", { sub: 1 }),
  claiming("the subject is empty", { sub: "" }),
  claiming("the subject is missing", { sub: undefined }),
  claiming("the subject is a list", { sub: ["somebody"] }),
  claiming("the subject has 256 characters", { sub: "s".repeat(256) }),
  claiming("the subject is not ASCII", { sub: "somebödy" }),
  claiming("the subject has a NUL", { sub: "some\u0000body" }),
  comingBack("the state is missing", { state: undefined }),
  comingBack("the state is forged", { state: "A".repeat(43) }),
  comingBack("the state is empty", { state: "" }),
  comingBack("the code is missing", { code: undefined }),
  comingBack("the code is empty", { code: "" }),
  comingBack("the answer names another issuer", { iss: "https://accounts.google.com" }),
  comingBack("the answer names no issuer although it always does", { iss: undefined }),
  comingBack("a signed response comes along", { response: "e30.e30.e30" }),
  { when: "the algorithm is none", misconduct: { idToken: (honest) => unsigned(honest, "none") } },
  { when: "the algorithm is nOnE", misconduct: { idToken: (honest) => unsigned(honest, "nOnE") } },
  {
    when: "the signature is cut off",
    misconduct: { idToken: async (honest) => (await sign(honest)).replace(/[^.]*$/, "") },
  },
  {
    when: "the signature is another key's",
    misconduct: {
      idToken: async ({ claims, keys }) => {
        const { privateKey } = await newKeys("stranger");
        return sign({ claims, keys: { ...keys, privateKey } });
      },
    },
  },
  {
    when: "the claims were changed after signing",
    misconduct: {
      idToken: async (honest) => {
        const [header, , signature] = (await sign(honest)).split(".");
        return `${header}.${packed(JSON.stringify({ ...honest.claims, sub: "the owner" }))}.${signature}`;
      },
    },
  },
  {
    when: "it is signed with the public key as a secret",
    misconduct: {
      idToken: async ({ claims, keys }) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: "HS256", kid: keys.kid })
          .sign(Buffer.from(await exportSPKI(keys.publicKey))),
    },
  },
  {
    when: "it brings its own key along",
    misconduct: {
      idToken: async ({ claims }) => {
        const keys = await newKeys("own");
        return sign({ claims, keys }, { jwk: keys.publicJwk });
      },
    },
  },
  { when: "its key is not published", misconduct: { idToken: (honest) => sign(honest, { kid: "unknown" }) } },
  {
    when: "its header demands what nobody knows",
    misconduct: { idToken: (honest) => sign(honest).then((token) => retouchHeader(token, { crit: ["x"], x: 1 })) },
  },
  { when: "the ID token is encrypted", misconduct: { idToken: () => "e30.e30.e30.e30.e30" } },
  { when: "the ID token is a word", misconduct: { idToken: () => "token" } },
  { when: "there is no ID token", misconduct: { idToken: () => undefined } },
  { when: "there is no access token", misconduct: { tokens: { access_token: undefined } } },
  { when: "the access token is a number", misconduct: { tokens: { access_token: 1 } } },
  {
    when: "the UserInfo endpoint speaks of somebody else",
    misconduct: { userInfo: { sub: "somebody else", email: "x@example.org" } },
  },
  { when: "the UserInfo endpoint's subject is a number", misconduct: { userInfo: { sub: 1 } } },
  {
    when: "the UserInfo endpoint lies inside",
    misconduct: ({ inside }) => ({ userInfo: {}, metadata: { userinfo_endpoint: `${inside}/userinfo` } }),
  },
  answering("the token endpoint says error with 200", "token", (response) =>
    json(response, 200, { error: "invalid_grant" }),
  ),
  answering("the token endpoint says error with 400", "token", (response) =>
    json(response, 400, { error: "invalid_grant" }),
  ),
  answering("the token endpoint fails", "token", (response) => json(response, 500, {})),
  answering("the token endpoint answers a page", "token", (response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>hello</h1>"),
  ),
  answering("the token endpoint answers half a JSON", "token", (response) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"id_token":'),
  ),
  answering("the token endpoint hangs up", "token", (response) => response.destroy()),
  answering("the token endpoint says nothing", "token", () => undefined),
  answering("the token endpoint drips", "token", drip),
  answering("the token endpoint answers 100 MiB", "token", flood),
  answering("the token endpoint answers a gzip bomb", "token", (response) =>
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb),
  ),
  {
    when: "the token endpoint redirects inside",
    misconduct: ({ inside }) => ({
      answers: { token: (response) => response.writeHead(307, { location: `${inside}/token` }).end() },
    }),
  },
  {
    when: "the token endpoint lies inside",
    misconduct: ({ inside }) => ({ metadata: { token_endpoint: `${inside}/token` } }),
  },
  {
    when: "the keys lie inside",
    misconduct: ({ inside }) => ({ metadata: { jwks_uri: `${inside}/keys` } }),
  },
  {
    when: "the keys lie where clouds keep credentials",
    misconduct: { metadata: { jwks_uri: "https://169.254.169.254/" } },
  },
  { when: "the keys lie at a number", misconduct: { metadata: { jwks_uri: "https://2130706433/" } } },
  { when: "the keys lie at a mapped address", misconduct: { metadata: { jwks_uri: "https://[::ffff:127.0.0.1]/" } } },
  { when: "the keys lie in a private network", misconduct: { metadata: { jwks_uri: "https://10.0.0.1/" } } },
  { when: "the keys lie in a file", misconduct: { metadata: { jwks_uri: "file:///etc/passwd" } } },
  answering("there are no keys", "keys", (response) => json(response, 200, { keys: [] })),
  answering("the keys are no list", "keys", (response) => json(response, 200, { keys: "all" })),
  answering("the keys drip", "keys", drip),
  { when: "the metadata are another issuer's", misconduct: { metadata: { issuer: "https://accounts.google.com" } } },
  {
    when: "the browser is sent to a script",
    misconduct: { metadata: { authorization_endpoint: "javascript:alert(1)" } },
  },
  answering("the metadata are not there", "metadata", (response) => json(response, 404, {})),
  answering("the metadata drip", "metadata", drip),
  {
    when: "the metadata redirect inside",
    misconduct: ({ inside }) => ({
      answers: { metadata: (response) => response.writeHead(302, { location: `${inside}/metadata` }).end() },
    }),
  },
];

const retouchHeader = (token: string, members: Record<string, unknown>): string => {
  const [header = "", ...rest] = token.split(".");
  const parsed = JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as object;
  return [packed(JSON.stringify({ ...parsed, ...members })), ...rest].join(".");
};

// One provider each: what is kept of a provider's metadata and keys would be another row's.
const providersOf = (provider: HostileProvider, names: readonly string[]) =>
  names.map((name) => ({ name, issuer: provider.issuer(name), clientId: provider.clientId, trustsEmailsOf: ["*"] }));

interface Surrounded {
  readonly provider: HostileProvider;
  readonly canary: Canary;
  readonly stage: HandoffStage;
}

/** A server that knows these providers. What they do has nothing to do with the database. */
function useHostileProviders(names: readonly string[]): Surrounded {
  const [sqlite] = availableEngines();
  assert.ok(sqlite);
  let provider: HostileProvider | undefined;
  let canary: Canary | undefined;
  const stage = useHandoffStage(sqlite, {
    config: async () => {
      [provider, canary] = await Promise.all([startHostileProvider(), startCanary()]);
      return {
        mounts: [{ contract: "account", handoff: { redirectUris: [appUri] } }],
        providers: providersOf(provider, names),
      };
    },
  });
  after(() => Promise.all([provider?.stop(), canary?.stop()]));
  return {
    stage,
    get provider() {
      assert.ok(provider);
      return provider;
    },
    get canary() {
      assert.ok(canary);
      return canary;
    },
  };
}

const half = Math.ceil(rows.length / 2);
for (const part of [rows.slice(0, half), rows.slice(half)])
  describe("a hostile provider", () => {
    const surrounded = useHostileProviders(["honest", ...part.map((_, at) => `p${at}`)]);

    describe("lets nobody in", { concurrency: 4 }, () => {
      for (const [at, { when, misconduct }] of part.entries())
        it(`when ${when}`, async () => {
          const { provider, canary, stage } = surrounded;
          const name = `p${at}`;
          provider.behave(name, typeof misconduct === "function" ? misconduct({ inside: canary.url }) : misconduct);
          const began = performance.now();
          const visit = await stage.start({ query: { provider: name } });
          const tookIn = performance.now() - began;
          await expectNobody(stage, visit, name);
          assert.ok(tookIn < 5_000, `it took ${tookIn} ms`);
        });
    });

    it("has nothing asked of this machine on its behalf", () => {
      assert.deepEqual(surrounded.canary.asked, []);
    });

    it("lets somebody in when it is honest", async () => {
      const { stage } = surrounded;
      const visit = await stage.start({ query: { provider: "honest" } });
      assert.equal((await stage.exchange(tempTokenIn(visit))).status, 200);
    });
  });

/** The browser is on a page of ours that says so, and nobody is known by that provider. */
async function expectNobody(stage: HandoffStage, visit: Visit, provider: string): Promise<void> {
  const { answer, url, isAtApp } = visit;
  assert.ok(!isAtApp, url);
  assert.ok(url.startsWith(stage.base), url);
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
  assert.match(answer.text, /role="alert"/);
  assert.doesNotMatch(answer.text, /<script/i);
  const known = await stage.sql(
    `select * from identifier where kind = 'external' and normalized_value like '${provider} %'`,
  );
  assert.deepEqual(known, []);
  const bound = await stage.sql(`select * from handoff where provider = '${provider}' and account_id is not null`);
  assert.deepEqual(bound, []);
  const requestId = String(answer.headers["x-request-id"]);
  const [record] = await poll("the failure is recorded", 10_000, async () => {
    const records = await stage.sql(`select reason, details from failure_record where request_id = '${requestId}'`);
    return records.length > 0 ? records : undefined;
  });
  assert.match(String(record?.["reason"]), /^(?:provider-failed|handoff-unknown)$/);
}

interface Canary {
  readonly url: string;
  /** What was asked of it. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Another server on this machine, as a database's console or a cloud's metadata. */
async function startCanary(): Promise<Canary> {
  const asked: string[] = [];
  const server: Server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    asked,
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
