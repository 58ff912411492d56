import type { FactorSubject } from "../factors/factor.js";
import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { PendingSession } from "./pending-session.js";

/** Whose factor a session asks for: the account's, or nobody's, who has tries of his own by what he was asked for by. */
export const factorSubject = (
  { id, accountId, memory }: PendingSession,
  { origin, now }: { readonly origin: Origin; readonly now: Instant },
): FactorSubject => ({
  accountId,
  holder: memory.holder,
  identity: accountId ?? memory.holder ?? `${memory.identifier.kind}:${memory.identifier.normalizedValue}`,
  sessionId: id,
  origin,
  now,
});
