import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { AccountWithIdentifiers } from "./account-store.js";

export interface DeleteOwnNeeds {
  readonly clock: Clock;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: Pick<MountPolicy, "protectedEmails">;
}

/**
 * Deletes the caller's account: nothing of it works from then on, and its identifiers are free. What is held about it stays for the
 * retention time, in which an administrator can restore it. Two at once: one deletes, the other is refused with `account-gone`.
 */
export const deleteOwnAccount = async (
  needs: DeleteOwnNeeds,
  command: AccountWithIdentifiers & { readonly origin: Origin },
): Promise<void> => {
  const { account, identifiers, origin } = command;
  const accountId = account.id;
  const now = needs.clock.now();
  const isProtected = identifiers.some(
    ({ kind, normalizedValue }) => kind === "email" && needs.policy.protectedEmails.includes(normalizedValue),
  );
  if (isProtected) {
    await needs.stores.audit.append({
      at: now,
      kind: "deletion-refused",
      accountId,
      origin,
      details: { reason: "account-protected" },
    });
    throw new Refusal("account-protected", { accountId });
  }
  await needs.transaction(async (stores) => {
    const change = { from: ["active"], to: "deleted", reason: undefined, at: now } as const;
    if (!(await stores.accounts.changeStatus(accountId, change))) throw await notDeleted(stores, accountId);
    await stores.accounts.releaseIdentifiers(accountId);
    await stores.codes.removeAll(accountId);
    await stores.links.removeAll(accountId);
    await stores.pendingSessions.endAll(accountId, undefined, now);
    await stores.pendingRegistrations.removeOfGuest(accountId);
    const ended = await stores.sessions.endAll(accountId, now, "account-deleted");
    await stores.audit.append({ at: now, kind: "account-deleted", accountId, origin, details: { ended } });
  });
};

/** It is gone, or an administrator has suspended it since the caller was let in. */
const notDeleted = async ({ accounts }: Stores, accountId: AccountId): Promise<Refusal> => {
  const status = (await accounts.find(accountId))?.account.status ?? "deleted";
  return status === "restricted" || status === "denied"
    ? new Refusal("account-suspended", { status, accountId })
    : new Refusal("account-gone", { accountId });
};
