import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { exportSPKI, SignJWT } from "jose";
import { type HonestToken, type Misconduct, newKeys, sign } from "./hostile-provider.js";

/** One way in which a provider, or whoever pretends to be one, does what it must not. */
export interface HostileRow {
  readonly when: string;
  readonly misconduct: Misconduct | ((surroundings: Surroundings) => Misconduct);
}

export interface Surroundings {
  /** Of an HTTP server on another port of this machine, which nobody may ask. */
  readonly inside: string;
}

const packed = (base: string): string => Buffer.from(base, "utf8").toString("base64url");
const unsigned = ({ claims }: HonestToken, alg: string): string =>
  `${packed(JSON.stringify({ alg }))}.${packed(JSON.stringify(claims))}.`;
const now = (): number => Math.floor(Date.now() / 1000);
const claiming = (when: string, claims: Record<string, unknown>): HostileRow => ({ when, misconduct: { claims } });
const comingBack = (when: string, callback: Record<string, string | undefined>): HostileRow => ({
  when,
  misconduct: { callback },
});
const answering = (
  when: string,
  endpoint: "metadata" | "keys" | "token",
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): HostileRow => ({ when, misconduct: { answers: { [endpoint]: answer } } });
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

/** Ways in which a provider does what it must not; nobody gets in by one. */
export const hostileRows: readonly HostileRow[] = [
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
