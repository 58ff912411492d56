import { exportJWK, generateKeyPair } from "jose";
import type { KeyPairs } from "#core/ports.js";

/** Key pairs made by Web Crypto: P-256, Ed25519, RSA of 2048 bits. */
export const keyPairs: KeyPairs = {
  async generate(algorithm, kid) {
    const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2_048 });
    const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
    const names = { kid, alg: algorithm, use: "sig" };
    return {
      publicJwk: JSON.stringify({ ...publicJwk, ...names }),
      privateJwk: JSON.stringify({ ...privateJwk, ...names }),
    };
  },
};
