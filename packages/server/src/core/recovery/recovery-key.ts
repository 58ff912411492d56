import type { MountPolicy } from "../policy.js";
import type { Fingerprint } from "../ports.js";

/** Milliseconds for which a proven recovery code's key can set a new password. */
export const recoveryKeyLivesIn = 600_000;

/** What is kept of a recovery key. It names purpose and mount: the key is good for nothing else, and nowhere else. */
export const recoveryKeyHash = (
  needs: { readonly fingerprint: Fingerprint; readonly policy: Pick<MountPolicy, "mount"> },
  key: string,
): string => needs.fingerprint(`recovery-key ${needs.policy.mount} ${key}`);
