import type { AccountId } from "../ids.js";
import { accountSubject } from "../limits/attempt-subject.js";
import type { Stores } from "../ports.js";
import type { Factor } from "../refusal.js";

/**
 * Within the transaction of a recovery: what too many failures in a row have disabled or paused is open again. Tries that are used up stay
 * so: who has somebody's mailbox would else guess his other factors by recovering again and again.
 */
export const reopenFactors = async ({ attempts }: Pick<Stores, "attempts">, accountId: AccountId): Promise<void> => {
  for (const factor of factors) await attempts.reopen(accountSubject(factor, accountId));
};

const factors: readonly Factor[] = ["password", "code", "backup-code", "memorable", "control-answer"];
