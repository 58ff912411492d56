import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

/** What a step of a provider does instead of what it should. All of it is optional: without, the provider is an honest one. */
export interface Misconduct {
  /** Over what the metadata would say. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Over the claims of the ID token; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Instead of the signed ID token. */
  readonly idToken?: (honest: HonestToken) => Promise<string | undefined> | string | undefined;
  /** Sees how the token endpoint is asked. */
  readonly onToken?: (request: IncomingMessage, form: URLSearchParams) => void;
  /** Over what the token endpoint answers. */
  readonly tokens?: Readonly<Record<string, unknown>>;
  /** Over the query with which the browser comes back; `undefined` leaves a parameter out. */
  readonly callback?: Readonly<Record<string, string | undefined>>;
  /** Over what the UserInfo endpoint says; it is in the metadata only with this. */
  readonly userInfo?: Readonly<Record<string, unknown>>;
  /** Instead of an endpoint's answer. */
  readonly answers?: Readonly<
    Partial<Record<EndpointName, (response: ServerResponse, request: IncomingMessage) => void>>
  >;
}

export type EndpointName = "metadata" | "keys" | "token" | "userinfo";

export interface HonestToken {
  readonly claims: JWTPayload;
  readonly keys: SigningKeys;
}

export interface SigningKeys {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** A provider that may do anything, as many issuers as are asked for: `http://127.0.0.1:<port>/<name>`. */
export interface HostileProvider {
  issuer(name: string): string;
  /** From now on that issuer behaves so. */
  behave(name: string, misconduct: Misconduct): void;
  /** Signs with another key from now on, which is published at once. */
  rotateKeys(name: string): Promise<void>;
  /** How often an endpoint of an issuer was asked. */
  count(name: string, endpoint: EndpointName): number;
  readonly clientId: string;
  stop(): Promise<void>;
}

interface Issuer {
  misconduct: Misconduct;
  keys: SigningKeys;
  readonly counts: Map<EndpointName, number>;
}

export async function startHostileProvider(): Promise<HostileProvider> {
  const issuers = new Map<string, Issuer>();
  const nonces = new Map<string, string>();
  const first = await newKeys("first");
  const clientId = "trilithon";
  const issuerNamed = (name: string): Issuer => {
    const issuer = issuers.get(name) ?? { misconduct: {}, keys: first, counts: new Map() };
    issuers.set(name, issuer);
    return issuer;
  };
  let base = "";

  const metadataOf = (name: string, { misconduct }: Issuer) => ({
    issuer: `${base}/${name}`,
    authorization_endpoint: `${base}/${name}/authorize`,
    token_endpoint: `${base}/${name}/token`,
    jwks_uri: `${base}/${name}/keys`,
    ...(misconduct.userInfo === undefined ? {} : { userinfo_endpoint: `${base}/${name}/userinfo` }),
    id_token_signing_alg_values_supported: ["ES256", "none", "HS256"],
    authorization_response_iss_parameter_supported: true,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    ...misconduct.metadata,
  });
  const idTokenFor = async (name: string, { misconduct, keys }: Issuer, code: string) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: `${base}/${name}`,
      aud: clientId,
      sub: `somebody at ${name}`,
      iat: now,
      exp: now + 300,
      nonce: nonces.get(code),
      ...misconduct.claims,
    };
    const honest = { claims, keys };
    return misconduct.idToken === undefined ? sign(honest) : misconduct.idToken(honest);
  };
  const authorize = (name: string, { misconduct }: Issuer, url: URL, response: ServerResponse): void => {
    const code = `code-${nonces.size + 1}`;
    nonces.set(code, url.searchParams.get("nonce") ?? "");
    const back = new URL(url.searchParams.get("redirect_uri") ?? "");
    const parameters = {
      code,
      state: url.searchParams.get("state") ?? undefined,
      iss: `${base}/${name}`,
      ...misconduct.callback,
    };
    for (const [key, value] of Object.entries(parameters)) if (value !== undefined) back.searchParams.set(key, value);
    response.writeHead(302, { location: back.href }).end();
  };
  const endpoints: Readonly<Record<EndpointName, (name: string, issuer: Issuer, request: IncomingMessage) => unknown>> =
    {
      metadata: metadataOf,
      keys: (_name, { keys }) => ({ keys: [keys.publicJwk] }),
      token: async (name, issuer, request) => {
        const form = new URLSearchParams(await bodyOf(request));
        issuer.misconduct.onToken?.(request, form);
        return {
          access_token: "an access token",
          token_type: "Bearer",
          id_token: await idTokenFor(name, issuer, form.get("code") ?? ""),
          ...issuer.misconduct.tokens,
        };
      },
      userinfo: (name, { misconduct }) => ({ sub: `somebody at ${name}`, ...misconduct.userInfo }),
    };
  const paths: Readonly<Record<string, EndpointName>> = {
    ".well-known/openid-configuration": "metadata",
    keys: "keys",
    token: "token",
    userinfo: "userinfo",
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", base);
    const [, name = "", ...rest] = url.pathname.split("/");
    const issuer = issuerNamed(name);
    if (rest.join("/") === "authorize") return authorize(name, issuer, url, response);
    const endpoint = paths[rest.join("/")];
    if (endpoint === undefined) {
      response.writeHead(404).end();
      return;
    }
    issuer.counts.set(endpoint, (issuer.counts.get(endpoint) ?? 0) + 1);
    const instead = issuer.misconduct.answers?.[endpoint];
    if (instead !== undefined) return instead(response, request);
    const body = await endpoints[endpoint](name, issuer, request);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the provider does not listen");
  base = `http://127.0.0.1:${address.port}`;
  return {
    clientId,
    issuer: (name) => `${base}/${name}`,
    behave: (name, misconduct) => {
      issuerNamed(name).misconduct = misconduct;
    },
    rotateKeys: async (name) => {
      issuerNamed(name).keys = await newKeys(`rotated ${Math.random()}`);
    },
    count: (name, endpoint) => issuerNamed(name).counts.get(endpoint) ?? 0,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Signed as it should be. */
export function sign({ claims, keys }: HonestToken, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: keys.kid, ...header }).sign(keys.privateKey);
}

export async function newKeys(kid: string): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  return { kid, privateKey, publicKey, publicJwk };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += String(piece);
  return body;
}
