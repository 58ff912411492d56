import type { Instant } from "../ids.js";
import { newKeyId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, KeyPairs, Random, Secrets, Stores, Transaction } from "../ports.js";
import { type SigningAlgorithm, type SigningKey, signingKeyAt } from "./signing-key.js";

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
  readonly origin: Origin;
}

/** Milliseconds in which every node has learned of a rotation: until then some sign with the key before. */
const learnedIn = 60_000;

/** Makes a key that signs from now on; the older ones of its algorithm verify until their last token is over. */
export const rotateSigningKeys = async (needs: SigningKeyNeeds, command: RotationCommand): Promise<SigningKey> => {
  const now = needs.clock.now();
  const key = await makeKey(needs, command.algorithm, now);
  await needs.transaction(async ({ signingKeys, audit }) => {
    await signingKeys.insert(key);
    // A key made in this very millisecond by another node is as good as ours and stays.
    await signingKeys.retire(command.algorithm, {
      madeBefore: now,
      retiredAt: now,
      expiresAt: now + command.longestTokenIn + learnedIn,
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
  await needs.stores.signingKeys.insert(await makeKey(needs, algorithm, now));
};

/** Rotates every key of the algorithm whose signing time has lasted `everyIn` milliseconds: how many keys were made. */
export const rotateDueSigningKeys = async (
  needs: SigningKeyNeeds,
  command: RotationCommand & { readonly everyIn: number },
): Promise<number> => {
  const now = needs.clock.now();
  const current = signingKeyAt(await needs.stores.signingKeys.list(), command.algorithm, now);
  if (current !== undefined && now < current.activeAt + command.everyIn) return 0;
  await rotateSigningKeys(needs, command);
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

const makeKey = async (needs: SigningKeyNeeds, algorithm: SigningAlgorithm, now: Instant): Promise<SigningKey> => {
  const id = newKeyId(needs.random);
  const { publicJwk, privateJwk } = await needs.keyPairs.generate(algorithm, id);
  return {
    id,
    algorithm,
    publicJwk,
    sealedPrivateJwk: needs.secrets.seal("signing-key", id, privateJwk),
    createdAt: now,
    activeAt: now,
    retiredAt: undefined,
    expiresAt: undefined,
  };
};
