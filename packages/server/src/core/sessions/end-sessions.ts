import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";

export interface EndSessionsNeeds {
  readonly clock: Clock;
  readonly transaction: Transaction;
}

/** An administrator's end of every session of an account, in whatever state it is: how many were live. */
export const endSessions = async (
  needs: EndSessionsNeeds,
  command: { readonly accountId: AccountId; readonly origin: Origin },
): Promise<number> => {
  const now = needs.clock.now();
  const { accountId, origin } = command;
  return needs.transaction(async ({ accounts, sessions, audit }) => {
    if ((await accounts.find(accountId)) === undefined) throw new Refusal("account-unknown", { accountId });
    const ended = await sessions.endAll(accountId, now, "ended-by-administrator");
    await audit.append({ at: now, kind: "sessions-ended", accountId, origin, details: { ended } });
    return ended;
  });
};
