import { type KeyObject, sign, verify } from "node:crypto";
import type { SigningAlgorithm } from "#core/signing-keys/signing-key.js";

/**
 * The signature over `text`, in the form of RFC 7518 section 3 and RFC 8037. On the calling thread: 40 to 300 µs, where a hop to
 * the thread pool would cost as much again.
 */
export const signText = (algorithm: SigningAlgorithm, key: KeyObject, text: string): Buffer =>
  sign(digests[algorithm], Buffer.from(text, "ascii"), { key, dsaEncoding: "ieee-p1363" });

export const isSignatureOf = (algorithm: SigningAlgorithm, key: KeyObject, text: string, signature: Buffer): boolean =>
  verify(digests[algorithm], Buffer.from(text, "ascii"), { key, dsaEncoding: "ieee-p1363" }, signature);

/** Ed25519 hashes by itself. */
const digests: Readonly<Record<SigningAlgorithm, "sha256" | null>> = { ES256: "sha256", EdDSA: null, RS256: "sha256" };
