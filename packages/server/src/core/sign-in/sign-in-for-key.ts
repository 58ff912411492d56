import type { MountPolicy } from "../policy.js";
import type { Fingerprint, Random, Transaction } from "../ports.js";
import { openKey, type OpenedKey } from "../sessions/open-key.js";
import { provePassword, type ProvePasswordCommand, type ProvePasswordNeeds } from "./prove-password.js";

export interface SignInForKeyNeeds extends ProvePasswordNeeds {
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

/** Signs an account in by e-mail and password, for a key. */
export const signInForKey = (needs: SignInForKeyNeeds, command: ProvePasswordCommand): Promise<OpenedKey> =>
  provePassword(needs, command, (proven) => openKey(needs, { ...proven, origin: command.origin }));
