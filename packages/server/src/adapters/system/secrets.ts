import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { DigestPurpose, SealPurpose, Secrets } from "#core/ports.js";

/** A key with the version of the secret it derives from. */
export interface VersionedKey {
  readonly version: string;
  readonly key: Uint8Array;
}

/** The keys that password hashes are peppered with. */
export interface Peppers {
  readonly newest: VersionedKey;
  /** By version, the newest included. */
  readonly all: ReadonlyMap<string, Uint8Array>;
}

/** The port, and what only adapters need. */
export interface SystemSecrets extends Secrets {
  /** Version of the newest secret: eight hexadecimal digits that tell nothing about it. */
  readonly newestVersion: string;
  /** The version a sealed text names; `undefined` when it is none of ours. */
  versionOf(sealed: string): string | undefined;
  peppers(): Peppers;
}

/** `secretKeys`: 32 bytes each, newest first. A sealed text is `<version>.<nonce, ciphertext and tag in base64url>`. */
export const createSecrets = (secretKeys: readonly Uint8Array[]): SystemSecrets => {
  const rings = secretKeys.map(deriveRing);
  const [newest] = rings;
  const byVersion = new Map(rings.map((ring) => [ring.version, ring]));
  if (newest === undefined) throw new Error("no secret is configured");
  if (byVersion.size < rings.length) throw new Error("two configured secrets have the same version: make another one");
  const peppers: Peppers = {
    newest: { version: newest.version, key: newest.pepper },
    all: new Map(rings.map((ring) => [ring.version, ring.pepper])),
  };
  return {
    newestVersion: newest.version,
    versionOf,
    peppers: () => peppers,
    digest: (purpose, text) => createHmac("sha256", newest.digest[purpose]).update(text, "utf8").digest("base64url"),
    isStale: (sealed) => versionOf(sealed) !== newest.version,
    seal(purpose, context, plain) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv("aes-256-gcm", newest.seal[purpose], nonce).setAAD(Buffer.from(context, "utf8"));
      const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${newest.version}.${sealed.toString("base64url")}`;
    },
    unseal(purpose, context, sealed) {
      const version = versionOf(sealed);
      const ring = version === undefined ? undefined : byVersion.get(version);
      if (ring === undefined)
        throw new Error(`sealed under a secret that is not configured (version ${version ?? "unknown"})`);
      const text = sealed.slice(versionLength + 1);
      const bytes = Buffer.from(text, "base64url");
      if (bytes.length < nonceLength + tagLength || bytes.toString("base64url") !== text)
        throw new Error("sealed text is malformed");
      const decipher = createDecipheriv("aes-256-gcm", ring.seal[purpose], bytes.subarray(0, nonceLength), {
        authTagLength: tagLength,
      })
        .setAAD(Buffer.from(context, "utf8"))
        .setAuthTag(bytes.subarray(-tagLength));
      return decipher.update(bytes.subarray(nonceLength, -tagLength), undefined, "utf8") + decipher.final("utf8");
    },
  };
};

const versionLength = 8;
const nonceLength = 12;
const tagLength = 16;

interface Ring {
  readonly version: string;
  readonly digest: Readonly<Record<DigestPurpose, Uint8Array>>;
  readonly seal: Readonly<Record<SealPurpose, Uint8Array>>;
  readonly pepper: Uint8Array;
}

const deriveRing = (secret: Uint8Array): Ring => ({
  version: Buffer.from(derive(secret, "version", versionLength / 2)).toString("hex"),
  digest: {
    "attempt-subject": derive(secret, "digest attempt-subject"),
    "known-device": derive(secret, "digest known-device"),
    "one-time-code": derive(secret, "digest one-time-code"),
    "sending-subject": derive(secret, "digest sending-subject"),
    registration: derive(secret, "digest registration"),
    "single-use": derive(secret, "digest single-use"),
    decoy: derive(secret, "digest decoy"),
    captcha: derive(secret, "digest captcha"),
    "memorable-letters": derive(secret, "digest memorable-letters"),
  },
  seal: {
    "signing-key": derive(secret, "seal signing-key"),
    "refresh-successor": derive(secret, "seal refresh-successor"),
    message: derive(secret, "seal message"),
    handoff: derive(secret, "seal handoff"),
    "api-secret": derive(secret, "seal api-secret"),
    "pending-session": derive(secret, "seal pending-session"),
    "memorable-words": derive(secret, "seal memorable-words"),
    "control-question": derive(secret, "seal control-question"),
    "identity-provider": derive(secret, "seal identity-provider"),
    "oauth-visit": derive(secret, "seal oauth-visit"),
  },
  pepper: derive(secret, "password pepper"),
});

/** RFC 5869. The labels are fixed for ever: another one is another key. */
const derive = (secret: Uint8Array, purpose: string, length = 32): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), `trilithon 1 ${purpose}`, length));

const versionOf = (sealed: string): string | undefined => /^([0-9a-f]{8})\./.exec(sealed)?.[1];
