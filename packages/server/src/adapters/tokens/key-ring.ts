import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { Instant, KeyId } from "#core/ids.js";
import type { Clock, Secrets } from "#core/ports.js";
import type { SigningKeyStore } from "#core/signing-keys/signing-key-store.js";
import {
  type SigningAlgorithm,
  type SigningKey,
  signingKeyAt,
  verifyingKeysAt,
} from "#core/signing-keys/signing-key.js";

/** The keys of one realm, as one node knows them. */
export interface KeyRing {
  /** The key that signs now, known no more than a second ago. Throws when there is none, or the store does not answer. */
  signingKey(algorithm: SigningAlgorithm): Promise<RingKey & { readonly privateKey: KeyObject }>;
  /**
   * The key that a token names; the same object as long as the key is unchanged. While the store is down, as it was known up to a
   * minute ago. Made-up names cost a handful of reads at most.
   */
  verifyingKey(kid: string): Promise<RingKey | undefined>;
  /** The public halves (JWK) of all keys that verify now, newest first. Throws when the store does not answer. */
  published(): Promise<readonly JsonWebKey[]>;
  /** Forgets what is known, so that the next use reads the store: after a rotation by this very node. */
  forget(): void;
}

export interface RingKey {
  readonly id: KeyId;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
}

export interface KeyRingNeeds {
  readonly store: Pick<SigningKeyStore, "list">;
  readonly secrets: Pick<Secrets, "unseal">;
  readonly clock: Clock;
}

/** How old a copy may be for signing and publishing, and for verifying while the store is down; milliseconds. */
const freshFor = 1_000;
const staleFor = 60_000;
/** Reads that unknown key names may cause: so many at once, and one more a second. */
const burst = 5;
const refillIn = 1_000;

export const createKeyRing = (needs: KeyRingNeeds): KeyRing => {
  let copy: Copy | undefined;
  let reading: Promise<Copy> | undefined;
  let failedAt: Instant | undefined;
  let isOutdated = false;
  let reads = burst;
  let refilledAt: Instant = needs.clock.now();

  const read = (): Promise<Copy> => {
    if (reading !== undefined) return reading;
    const mine = readRing(needs, copy);
    reading = mine;
    // One that was overtaken by `forget` may have seen the keys of before.
    const settle = (next: Copy | undefined): void => {
      if (reading !== mine) return;
      reading = undefined;
      failedAt = next === undefined ? needs.clock.now() : undefined;
      copy = next ?? copy;
      isOutdated &&= next === undefined;
    };
    mine.then(settle, () => settle(undefined));
    return mine;
  };
  const fresh = async (): Promise<Copy> =>
    copy !== undefined && !isOutdated && isWithin(copy.readAt, freshFor, needs.clock.now()) ? copy : read();
  const freshOrStale = async (): Promise<Copy> => {
    const now = needs.clock.now();
    const usable = copy !== undefined && isWithin(copy.readAt, staleFor, now) ? copy : undefined;
    // A store that has just failed is not asked again by every request.
    if (usable !== undefined && failedAt !== undefined && isWithin(failedAt, freshFor, now)) return usable;
    try {
      return await fresh();
    } catch (error) {
      if (usable === undefined) throw error;
      return usable;
    }
  };
  const mayRead = (): boolean => {
    const now = needs.clock.now();
    const refills = Math.floor((now - refilledAt) / refillIn);
    if (refills !== 0) {
      reads = Math.min(burst, Math.max(0, reads + refills));
      refilledAt = now;
    }
    if (reads === 0) return false;
    reads -= 1;
    return true;
  };

  return {
    async signingKey(algorithm) {
      const { keys, ring } = await fresh();
      const key = signingKeyAt(keys, algorithm, needs.clock.now());
      const known = key === undefined ? undefined : ring.get(key.id);
      if (known === undefined) throw new Error(`no ${algorithm} key signs now: run trilithon rotate-keys`);
      known.privateKey ??= unsealPrivateKey(needs.secrets, known.key);
      return { ...known.public, privateKey: known.privateKey };
    },
    async verifyingKey(kid) {
      if (!/^key_[\w-]{22}$/.test(kid)) return undefined;
      let known = (await freshOrStale()).ring.get(kid);
      // Made by another node within the last second, or made up.
      if (known === undefined && failedAt === undefined && mayRead()) known = (await read()).ring.get(kid);
      const isGood = known !== undefined && verifyingKeysAt([known.key], needs.clock.now()).length === 1;
      return isGood ? known?.public : undefined;
    },
    async published() {
      const { keys } = await fresh();
      return verifyingKeysAt(keys, needs.clock.now())
        .toSorted((one, other) => other.activeAt - one.activeAt)
        .map((key) => publicMembers(key));
    },
    forget() {
      isOutdated = true;
      reading = undefined;
    },
  };
};

/** One reading of the store. */
interface Copy {
  readonly readAt: Instant;
  readonly keys: readonly SigningKey[];
  readonly ring: ReadonlyMap<string, KnownKey>;
}

interface KnownKey {
  readonly key: SigningKey;
  readonly public: RingKey;
  /** Unsealed when it first signs, so that a lost secret stops signing but no verification. */
  privateKey: KeyObject | undefined;
}

const readRing = async ({ store, clock }: KeyRingNeeds, last: Copy | undefined): Promise<Copy> => {
  const readAt = clock.now();
  const keys = await store.list();
  return { readAt, keys, ring: new Map(keys.map((key) => [key.id, know(key, last?.ring.get(key.id))])) };
};

const know = (key: SigningKey, last: KnownKey | undefined): KnownKey => {
  const isSame = last?.key.publicJwk === key.publicJwk && last.key.algorithm === key.algorithm;
  if (last !== undefined && isSame) return { key, public: last.public, privateKey: last.privateKey };
  const publicKey = createPublicKey({ key: publicMembers(key), format: "jwk" });
  return { key, public: { id: key.id, algorithm: key.algorithm, publicKey }, privateKey: undefined };
};

const unsealPrivateKey = (secrets: Pick<Secrets, "unseal">, key: SigningKey): KeyObject => {
  const jwk: unknown = JSON.parse(secrets.unseal("signing-key", key.id, key.sealedPrivateJwk));
  // Sealed by us: nobody else can have written it.
  return createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
};

const publicNames = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"] as const;

/** An allow-list: a private member never leaves, whatever the stored text holds. */
const publicMembers = (key: SigningKey): JsonWebKey => {
  const jwk: unknown = JSON.parse(key.publicJwk);
  if (typeof jwk !== "object" || jwk === null) throw new Error(`the public half of ${key.id} is not a JSON Web Key`);
  const members: Readonly<Record<string, unknown>> = { ...jwk };
  return Object.fromEntries(publicNames.filter((name) => name in members).map((name) => [name, members[name]]));
};

/** `false` also for a time in the future: the clock was set back. */
const isWithin = (at: Instant, span: number, now: Instant): boolean => now >= at && now - at <= span;
