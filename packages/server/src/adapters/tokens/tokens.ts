import type { AccountId, SessionId } from "#core/ids.js";
import type { TokenPolicy } from "#core/policy.js";
import type { Clock, Tokens } from "#core/ports.js";
import { Refusal, type TokenFault } from "#core/refusal.js";
import type { TokenClaims, TokenKind } from "#core/sessions/token.js";
import { signingAlgorithms } from "#core/signing-keys/signing-key.js";
import { type CompactToken, encodeCompact, headerTypes, parseCompact } from "./compact-token.js";
import type { KeyRing, RingKey } from "./key-ring.js";
import { isSignatureOf, signText } from "./signature.js";
import { createVerifiedTokens, type RememberedToken } from "./verified-tokens.js";

export interface TokensNeeds {
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly policy: Pick<TokenPolicy, "algorithm" | "issuer" | "audience">;
}

/** How far the clock of another node may be ahead; milliseconds. */
const skew = 30_000;
const remembered = 10_000;

/**
 * Signs and verifies the tokens of one mount (RFC 7519, RFC 8725). A token must be exactly as we write it: the same members in
 * header and payload, the algorithm of the key, the type of its kind.
 */
export const createTokens = ({ ring, clock, policy }: TokensNeeds): Tokens => {
  const verified = createVerifiedTokens(remembered);

  const recall = async (token: string): Promise<RememberedToken | undefined> => {
    const known = verified.find(token);
    if (known === undefined) return undefined;
    // The key may have been dropped or have expired since.
    if ((await ring.verifyingKey(known.key.id)) === known.key) return known;
    verified.forget(token);
    return undefined;
  };

  return {
    async sign(claims) {
      const key = await ring.signingKey(policy.algorithm);
      const header = { alg: key.algorithm, kid: key.id, typ: headerTypes[claims.kind] };
      const signed = encodeCompact(header, payloadOf(claims, policy));
      return `${signed}.${signText(key.algorithm, key.privateKey, signed).toString("base64url")}`;
    },
    async verify(token, kinds) {
      const known = await recall(token);
      const now = clock.now();
      const { claims, key } = known ?? (await prove(token, ring, policy));
      if (!kinds.includes(claims.kind)) refuse("wrong-kind");
      if (claims.issuedAt > now + skew) refuse("not-yet-valid");
      const isExpired = claims.expiresAt <= now;
      if (isExpired) verified.forget(token);
      else if (known === undefined) verified.remember(token, { claims, key });
      return { ...claims, isExpired };
    },
  };
};

const refuse = (reason: TokenFault): never => {
  throw new Refusal("token-invalid", { reason });
};

/** Form, key, algorithm, signature; only then what the token says. */
const prove = async (token: string, ring: KeyRing, policy: TokensNeeds["policy"]): Promise<RememberedToken> => {
  const parts = parseCompact(token) ?? refuse("malformed");
  const { alg, kid, typ } = headerOf(parts.header) ?? refuse("malformed");
  const key = (await ring.verifyingKey(kid)) ?? refuse("unknown-key");
  if (alg !== key.algorithm || !isSigned(parts, key)) refuse("signature");
  const claims = claimsOf(parts.payload(), policy);
  if (typ !== headerTypes[claims.kind]) refuse("wrong-kind");
  return { claims, key };
};

const isSigned = ({ signed, signature }: CompactToken, key: RingKey): boolean =>
  isSignatureOf(key.algorithm, key.publicKey, signed, signature);

interface Header {
  readonly alg: string;
  readonly kid: string;
  readonly typ: string;
}

/** Exactly our three members: whatever else a header can ask for (`crit`, `jwk`, `jku`, `x5u`, `b64`, `zip`, `p2c`) is refused. */
const headerOf = (header: unknown): Header | undefined => {
  const members = membersOf(header, 3);
  const { alg, kid, typ } = members ?? {};
  if (typeof alg !== "string" || typeof kid !== "string" || typeof typ !== "string") return undefined;
  return signingAlgorithms.some((known) => known === alg) && Object.values(headerTypes).includes(typ)
    ? { alg, kid, typ }
    : undefined;
};

const payloadOf = (claims: TokenClaims, { issuer, audience }: TokensNeeds["policy"]): object => ({
  iss: issuer,
  aud: audience,
  sub: claims.accountId,
  sid: claims.sessionId,
  iat: wholeSeconds(claims.issuedAt),
  exp: wholeSeconds(claims.expiresAt),
  jti: claims.id,
  token_type: claims.kind,
});

const wholeSeconds = (milliseconds: number): number => {
  if (!Number.isSafeInteger(milliseconds) || milliseconds % 1_000 !== 0)
    throw new RangeError("token times are whole seconds");
  return milliseconds / 1_000;
};

const claimsOf = (payload: unknown, { issuer, audience }: TokensNeeds["policy"]): TokenClaims => {
  const { iss, aud, sub, sid, iat, exp, jti, token_type: kind } = membersOf(payload, 8) ?? refuse("malformed");
  if (typeof iss !== "string" || typeof aud !== "string") return refuse("malformed");
  if (iss !== issuer || aud !== audience) refuse("wrong-issuer");
  if (!isName(sub) || !isName(sid) || !isName(jti) || !isTime(iat) || !isTime(exp) || exp <= iat)
    return refuse("malformed");
  if (!isKind(kind)) return refuse("wrong-kind");
  // Signed by us: the ids are those we gave.
  return {
    kind,
    id: jti,
    accountId: sub as AccountId,
    sessionId: sid as SessionId,
    issuedAt: iat * 1_000,
    expiresAt: exp * 1_000,
  };
};

const membersOf = (value: unknown, count: number): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === count
    ? { ...value }
    : undefined;

const isName = (value: unknown): value is string => typeof value === "string" && value !== "" && value.length <= 200;

/** Whole seconds until the year 9999. */
const isTime = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value <= 253_402_300_799;

const isKind = (value: unknown): value is TokenKind => typeof value === "string" && Object.hasOwn(headerTypes, value);
