import { type Headers, type Scheme, type SignedAt, signed } from "../../server/signing.js";
import type { ClientKey, PlatformSent, Stage } from "./stage.js";

/** What servers may do in these tests. */
export const serverPolicy = { scopes: ["users.read", "users.write", "personal-data"] } as const;

/** The key that signs requests when none is named. */
export const serverKey = (stage: Stage): Promise<ClientKey> => stage.keyWith(serverPolicy);

export interface ToSign {
  readonly method: string;
  /** Below the version. */
  readonly path: string;
  readonly json?: unknown;
  /** `json` as text, where its form matters. */
  readonly body?: string;
  readonly key?: ClientKey;
  readonly scheme?: Scheme;
  readonly over?: SignedAt;
}

/** A request, signed as it is sent. */
export const signedSent = async (
  stage: Stage,
  { method, path, json, key, scheme, over, ...rest }: ToSign,
): Promise<PlatformSent> => {
  const { id: keyId, ...client } = key ?? (await serverKey(stage));
  const body = rest.body ?? (json === undefined ? "" : JSON.stringify(json));
  const unsigned = { method, host: hostOf(stage), target: stage.prefix + path, body };
  const { "x-api-key": carried, ...headers } = signed(scheme ?? "platform", { ...client, keyId }, unsigned, over);
  return {
    method,
    path,
    key: carried ?? null,
    headers: { ...headers, ...(body === "" ? {} : { "content-type": "application/json" }) },
    ...(body === "" ? {} : { body }),
  };
};

/** The same request with other headers; `undefined` leaves one out. */
export const withHeaders = (sent: PlatformSent, over: Readonly<Record<string, string | undefined>>): PlatformSent => ({
  ...sent,
  headers: Object.fromEntries(
    Object.entries({ ...(sent.headers as Headers), ...over }).filter(([, value]) => value !== undefined),
  ),
});

export const hostOf = (stage: Stage): string => new URL(stage.server.url).host;

/** What a user of a server's is made with: an e-mail and a phone of his own each time. */
export const givenUser = (over: object = {}): Readonly<Record<string, unknown>> => {
  made += 1;
  return {
    emails: [`user-${process.pid}-${made}@example.org`],
    phones: [`+98912${String(1_000_000 + made)}`],
    ...over,
  };
};
let made = 0;
