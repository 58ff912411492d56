import { hash } from "@node-rs/argon2";
import { normalizePassword } from "#core/passwords/password-policy.js";
import { readStoredHash, storedForm } from "./legacy-hashes.js";

/** Argon2id as OWASP asks for (m in KiB). */
export const argon2Costs = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** One call of the password hash, as sent to the process that does it. */
export type HashingWork =
  | { readonly do: "hash"; readonly password: string; readonly pepperVersion: string; readonly pepper: Uint8Array }
  | {
      readonly do: "verify";
      readonly password: string;
      readonly hash: string;
      readonly pepper: Uint8Array | undefined;
    };

/** Does the work on the thread pool of the process it is called in. */
export const perform = async (work: HashingWork): Promise<string | boolean> => {
  const normalized = normalizePassword(work.password);
  if (work.do === "hash")
    return storedForm(work.pepperVersion, await hash(normalized, { ...argon2Costs, secret: work.pepper }));
  const stored = readStoredHash(work.hash);
  if (stored.fault !== undefined) return false;
  if (await stored.matches(normalized, work.pepper)) return true;
  // Other systems hashed what was typed; ours never does.
  return (
    stored.kind !== "trilithon-argon2id" && normalized !== work.password && stored.matches(work.password, undefined)
  );
};
