import type { Origin } from "../origin.js";
import type { Clock, Transaction } from "../ports.js";
import type { Disclaimer } from "./disclaimer.js";

export interface AddDisclaimerNeeds {
  readonly clock: Clock;
  /** Of the realm whose users are to accept it. */
  readonly transaction: Transaction;
}

export interface AddDisclaimerCommand extends Omit<Disclaimer, "createdAt"> {
  readonly origin: Origin;
}

/** Adds a version of a legal text. `false` when the version is there: what people have accepted never changes. */
export const addDisclaimer = (needs: AddDisclaimerNeeds, command: AddDisclaimerCommand): Promise<boolean> => {
  const createdAt = needs.clock.now();
  const { origin, ...disclaimer } = command;
  return needs.transaction(async ({ disclaimers, audit }) => {
    if (!(await disclaimers.insert({ ...disclaimer, createdAt }))) return false;
    const details = { code: disclaimer.code, version: disclaimer.version };
    await audit.append({ at: createdAt, kind: "disclaimer-added", accountId: undefined, origin, details });
    return true;
  });
};
