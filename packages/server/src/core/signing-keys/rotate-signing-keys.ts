import { newKeyId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, KeyPairs, Random, Secrets, Stores, Transaction } from "../ports.js";
import { publishedKeysLiveIn, type SigningAlgorithm, type SigningKey, signingKeyAt } from "./signing-key.js";

export interface SigningKeyNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly keyPairs: KeyPairs;
  readonly stores: Stores;
  readonly transaction: Transaction;
}

export interface RotationCommand {
  readonly algorithm: SigningAlgorithm;
  /** Milliseconds that a token signed by the key may live: so long the retired key goes on verifying. */
  readonly longestTokenIn: number;
  /** `at-once` is for a key that has leaked: until they ask again, clients that keep the published keys refuse the new one's tokens. */
  readonly signs: "once-published" | "at-once";
  readonly origin: Origin;
}

/** Milliseconds in which every node has learned of a rotation: until then some sign with the key before, and publish without the new one. */
const learnedIn = 60_000;

/**
 * Makes a key that signs once everybody who keeps the published keys has seen it; the first of its algorithm signs at once. The older
 * ones sign until then, and verify until their last token is over.
 */
export const rotateSigningKeys = async (needs: SigningKeyNeeds, command: RotationCommand): Promise<SigningKey> => {
  const now = needs.clock.now();
  const isFirst = signingKeyAt(await needs.stores.signingKeys.list(), command.algorithm, now) === undefined;
  const activeAt = isFirst || command.signs === "at-once" ? now : now + learnedIn + publishedKeysLiveIn;
  const key = await makeKey(needs, command.algorithm, { createdAt: now, activeAt });
  await needs.transaction(async ({ signingKeys, audit }) => {
    await signingKeys.insert(key);
    // A key made in this very millisecond by another node is as good as ours and stays.
    await signingKeys.retire(command.algorithm, {
      madeBefore: now,
      retiredAt: activeAt,
      expiresAt: activeAt + command.longestTokenIn + learnedIn,
    });
    await audit.append({
      at: now,
      kind: "signing-key-rotated",
      accountId: undefined,
      origin: command.origin,
      details: { keyId: key.id, algorithm: command.algorithm },
    });
  });
  return key;
};

/** Makes sure that a key of the algorithm signs; two nodes starting at once may each make one, and both are good. */
export const ensureSigningKey = async (needs: SigningKeyNeeds, algorithm: SigningAlgorithm): Promise<void> => {
  const now = needs.clock.now();
  if (signingKeyAt(await needs.stores.signingKeys.list(), algorithm, now) !== undefined) return;
  await needs.stores.signingKeys.insert(await makeKey(needs, algorithm, { createdAt: now, activeAt: now }));
};

/** Rotates every key of the algorithm whose signing time has lasted `everyIn` milliseconds: how many keys were made. */
export const rotateDueSigningKeys = async (
  needs: SigningKeyNeeds,
  command: Omit<RotationCommand, "signs"> & { readonly everyIn: number },
): Promise<number> => {
  const now = needs.clock.now();
  const keys = await needs.stores.signingKeys.list();
  // One that waits to sign counts too: else it would be rotated again until it does.
  const isDue = keys
    .filter(({ algorithm, retiredAt }) => algorithm === command.algorithm && retiredAt === undefined)
    .every(({ activeAt }) => now >= activeAt + command.everyIn);
  if (!isDue) return 0;
  await rotateSigningKeys(needs, { ...command, signs: "once-published" });
  return 1;
};

/** Seals private halves again that are sealed under an older `SECRET_KEY`, so that the old secret can be dropped: how many. */
export const resealSigningKeys = async (needs: SigningKeyNeeds): Promise<number> => {
  const stale = (await needs.stores.signingKeys.list()).filter((key) => needs.secrets.isStale(key.sealedPrivateJwk));
  for (const key of stale) {
    const privateJwk = needs.secrets.unseal("signing-key", key.id, key.sealedPrivateJwk);
    const sealedPrivateJwk = needs.secrets.seal("signing-key", key.id, privateJwk);
    await needs.stores.signingKeys.reseal({ ...key, sealedPrivateJwk }, key.sealedPrivateJwk);
  }
  return stale.length;
};

const makeKey = async (
  needs: SigningKeyNeeds,
  algorithm: SigningAlgorithm,
  times: Pick<SigningKey, "createdAt" | "activeAt">,
): Promise<SigningKey> => {
  const id = newKeyId(needs.random);
  const { publicJwk, privateJwk } = await needs.keyPairs.generate(algorithm, id);
  return {
    id,
    algorithm,
    publicJwk,
    sealedPrivateJwk: needs.secrets.seal("signing-key", id, privateJwk),
    ...times,
    retiredAt: undefined,
    expiresAt: undefined,
  };
};
