import { createHash } from "node:crypto";
import type { TokenClaims } from "#core/sessions/token.js";
import type { RingKey } from "./key-ring.js";

/** A token whose signature, issuer and claims were found right. */
export interface RememberedToken {
  readonly claims: TokenClaims;
  /** The key that signed it, as the ring knew it. */
  readonly key: RingKey;
}

/** Verified tokens by their whole text, the longest unused forgotten first. Keeps a digest of each, never the token. */
export interface VerifiedTokens {
  find(token: string): RememberedToken | undefined;
  remember(token: string, verified: RememberedToken): void;
  forget(token: string): void;
}

/** `room`: how many are kept, at about 1 KB each. */
export const createVerifiedTokens = (room: number): VerifiedTokens => {
  const kept = new Map<string, RememberedToken>();
  return {
    find(token) {
      const digest = digestOf(token);
      const found = kept.get(digest);
      if (found === undefined) return undefined;
      kept.delete(digest);
      kept.set(digest, found);
      return found;
    },
    remember(token, verified) {
      kept.set(digestOf(token), verified);
      const [oldest] = kept.size > room ? kept.keys() : [];
      if (oldest !== undefined) kept.delete(oldest);
    },
    forget: (token) => void kept.delete(digestOf(token)),
  };
};

const digestOf = (token: string): string => createHash("sha256").update(token, "latin1").digest("base64url");
