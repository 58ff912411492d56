import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import type { Refusal, RefusalCode } from "../refusal.js";
import type { PendingSession } from "./pending-session.js";

/** Written outside the transaction, which the refusal has undone. What says nothing of the sign-in is not written. */
export const recordRefusedStep = async (
  { stores }: { readonly stores: Pick<Stores, "audit"> },
  { code, details }: Refusal,
  { session, origin, now }: { readonly session: PendingSession; readonly origin: Origin; readonly now: Instant },
): Promise<void> => {
  if (busy.has(code)) return;
  await stores.audit.append({
    at: now,
    kind: "sign-in-refused",
    accountId: session.accountId,
    origin,
    details: { reason: code, state: session.state, ...("factor" in details ? { factor: details.factor } : {}) },
  });
};

const busy: ReadonlySet<RefusalCode> = new Set(["overloaded", "store-unavailable"]);
