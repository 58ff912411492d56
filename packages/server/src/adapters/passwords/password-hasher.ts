import { randomBytes } from "node:crypto";
import { hashableLength, isHashable } from "#core/passwords/password-policy.js";
import type { PasswordHasher, PasswordVerdict } from "#core/ports.js";
import { argon2Costs, type HashingWork } from "./hashing-work.js";
import { readStoredHash, storedForm } from "./legacy-hashes.js";
import { createWorkerProcess, type WorkerProcess } from "./worker-process.js";

export interface PasswordHasherOptions {
  readonly peppers: {
    readonly newest: { readonly version: string; readonly key: Uint8Array };
    /** By version, the newest included. Versions are 1 to 64 letters, digits, `_` or `-`. */
    readonly all: ReadonlyMap<string, Uint8Array>;
  };
  /** How many hashes are computed at once: no more than processors. */
  readonly permits: number;
  /** How many may wait; 64 for each permit when absent. */
  readonly queueLength?: number;
}

/** The port, with the end of its process. */
export interface ClosablePasswordHasher extends PasswordHasher {
  /** Hashes that run at this moment, and those that wait. */
  load(): { readonly running: number; readonly waiting: number };
  close(): Promise<void>;
}

/**
 * Argon2id over NFKC with a pepper, stored as a PHC string whose first parameter names the pepper:
 * `$trilithon-argon2id$k=<version>$v=19$m=19456,t=2,p=1$<salt>$<digest>`.
 * What cannot be verified (malformed, beyond the bounds, under a pepper that is not configured) is wrong at the usual cost.
 */
export const createPasswordHasher = (options: PasswordHasherOptions): ClosablePasswordHasher => {
  const { newest, all } = options.peppers;
  const worker: WorkerProcess<HashingWork, string | boolean> = createWorkerProcess({
    module: new URL("./hashing-process.js", import.meta.url),
    permits: options.permits,
    queueLength: options.queueLength ?? 64 * options.permits,
    longestWaitIn: 2000,
    // A process that steps back may take ten times as long when something else needs the processors.
    shortQueue: Math.min(16 * options.permits, options.queueLength ?? Number.POSITIVE_INFINITY),
  });
  const nobody = hashOfNobody(newest.version);
  const currentPrefix = nobody.slice(0, nobody.indexOf("p=") + `p=${argon2Costs.parallelism}$`.length);

  const verifyNothing = async (password: string): Promise<PasswordVerdict> => {
    if (isHashable(password)) await worker.run({ do: "verify", password, hash: nobody, pepper: newest.key });
    return wrong;
  };

  return {
    assertRoom: () => worker.assertRoom(),
    async hash(password) {
      if (!isHashable(password)) throw new Error(`a password over ${hashableLength} code points is not hashed`);
      const { version: pepperVersion, key: pepper } = newest;
      return String(await worker.run({ do: "hash", password, pepperVersion, pepper }));
    },
    async verify(password, hash) {
      if (!isHashable(password)) return wrong;
      const stored = readStoredHash(hash);
      if (stored.fault !== undefined) return verifyNothing(password);
      const pepper = stored.pepperVersion === undefined ? undefined : all.get(stored.pepperVersion);
      if (stored.pepperVersion !== undefined && pepper === undefined) return verifyNothing(password);
      const isRight = (await worker.run({ do: "verify", password, hash, pepper })) === true;
      return { isRight, isOutdated: isRight && !hash.startsWith(currentPrefix) };
    },
    verifyNothing,
    load: () => ({ running: worker.running, waiting: worker.waiting }),
    close: () => worker.close(),
  };
};

const wrong: PasswordVerdict = { isRight: false, isOutdated: false };

/** As dear to verify as any current hash; its digest is chance, so no password fits. */
const hashOfNobody = (pepperVersion: string): string => {
  const { memoryCost, timeCost, parallelism } = argon2Costs;
  const [salt, digest] = [16, 32].map((size) => randomBytes(size).toString("base64").replaceAll("=", ""));
  const hash = storedForm(
    pepperVersion,
    `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${salt}$${digest}`,
  );
  const { fault } = readStoredHash(hash);
  if (fault !== undefined) throw new Error(`a hash under pepper version "${pepperVersion}" ${fault}`);
  return hash;
};
