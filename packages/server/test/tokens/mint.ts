import { createPrivateKey, type JsonWebKey, type KeyObject, randomBytes } from "node:crypto";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import { createKeyRing, type KeyRing } from "#adapters/tokens/key-ring.js";
import { keyPairs } from "#adapters/tokens/key-pairs.js";
import { signText } from "#adapters/tokens/signature.js";
import { createTokens } from "#adapters/tokens/tokens.js";
import { type AccountId, newKeyId, type SessionId } from "#core/ids.js";
import type { Tokens } from "#core/ports.js";
import type { TokenClaims, TokenKind } from "#core/sessions/token.js";
import type { SigningAlgorithm, SigningKey } from "#core/signing-keys/signing-key.js";

export const start = 1_800_000_000_000;
export const issuer = "https://id.example.org/auth";

/** Keys kept in memory, which counts how often they are read and can be made to fail as a store that is down. */
export interface MemoryKeys {
  keys: SigningKey[];
  reads: number;
  isDown: boolean;
  list(): Promise<readonly SigningKey[]>;
}

const secrets = createSecrets([randomBytes(32)]);

export const newKey = async (algorithm: SigningAlgorithm, activeAt = start): Promise<SigningKey> => {
  const id = newKeyId(systemRandom);
  const { publicJwk, privateJwk } = await keyPairs.generate(algorithm, id);
  return {
    id,
    algorithm,
    publicJwk,
    sealedPrivateJwk: secrets.seal("signing-key", id, privateJwk),
    createdAt: activeAt,
    activeAt,
    retiredAt: undefined,
    expiresAt: undefined,
  };
};

/** One realm's keys and one mount's tokens over them, with a clock that stands until it is moved. */
export interface Mint {
  readonly clock: { at: number; now(): number };
  readonly store: MemoryKeys;
  readonly key: SigningKey;
  readonly privateKey: KeyObject;
  readonly ring: KeyRing;
  readonly tokens: Tokens;
  tokensFor(algorithm: SigningAlgorithm, issuer: string, audience?: string): Tokens;
}

export const openMint = async (algorithm: SigningAlgorithm = "ES256"): Promise<Mint> => {
  const key = await newKey(algorithm);
  const clock = { at: start, now: () => clock.at };
  const store: MemoryKeys = {
    keys: [key],
    reads: 0,
    isDown: false,
    list: async () => {
      store.reads += 1;
      if (store.isDown) throw new Error("the store is down");
      return store.keys;
    },
  };
  const ring = createKeyRing({ store, secrets, clock });
  const tokensFor = (used: SigningAlgorithm, iss: string, audience = iss): Tokens =>
    createTokens({ ring, clock, policy: { algorithm: used, issuer: iss, audience } });
  const jwk: JsonWebKey = JSON.parse(secrets.unseal("signing-key", key.id, key.sealedPrivateJwk));
  return {
    clock,
    store,
    key,
    privateKey: createPrivateKey({ key: jwk, format: "jwk" }),
    ring,
    tokens: tokensFor(algorithm, issuer),
    tokensFor,
  };
};

export const claimsAt = (at: number, kind: TokenKind = "access"): TokenClaims => ({
  kind,
  id: systemRandom.token(128),
  accountId: systemRandom.uuid(at) as AccountId,
  sessionId: `ses_${systemRandom.token(128)}` as SessionId,
  issuedAt: at,
  expiresAt: at + 3_600_000,
});

/** What a token of the mint says, as plain data that a test can bend. */
export const plainParts = (mint: Mint): { header: Record<string, unknown>; payload: Record<string, unknown> } => ({
  header: { alg: mint.key.algorithm, kid: mint.key.id, typ: "at+jwt" },
  payload: {
    iss: issuer,
    aud: issuer,
    sub: "018bcfe5-6800-7abc-8def-0123456789ab",
    sid: "ses_AAAAAAAAAAAAAAAAAAAAAA",
    iat: start / 1_000,
    exp: start / 1_000 + 3_600,
    jti: "AAAAAAAAAAAAAAAAAAAAAA",
    token_type: "access",
  },
});

export const encode = (text: string | object): string =>
  Buffer.from(typeof text === "string" ? text : JSON.stringify(text)).toString("base64url");

/** A token over any header and payload, given as data or as text, whose signature by the mint's key is right. */
export const forge = (mint: Mint, header: string | object, payload: string | object): string => {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${signText(mint.key.algorithm, mint.privateKey, signed).toString("base64url")}`;
};
