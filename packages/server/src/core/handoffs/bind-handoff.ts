import type { AccountId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { boundLivesIn, type Handoff } from "./handoff.js";

export interface BindCommand {
  readonly handoff: Handoff;
  readonly accountId: AccountId;
  /** How the account was proven: `password`, or a provider's name. */
  readonly by: string;
  readonly origin: Origin;
  readonly now: Instant;
}

/** Within a transaction: the account has signed in for the hand-off, whose token can be exchanged from now on, for a short while. */
export const bindHandoff = async (stores: Stores, command: BindCommand): Promise<void> => {
  const { handoff, accountId, by, origin, now } = command;
  if (!(await stores.handoffs.bind(handoff.id, accountId, { now, expiresAt: now + boundLivesIn })))
    throw new Refusal("handoff-unknown", { reason: "over" });
  const details = { handoffId: handoff.id, by };
  await stores.audit.append({ at: now, kind: "handoff-bound", accountId, origin, details });
};
