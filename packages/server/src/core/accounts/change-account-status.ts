import { type Identifier, liveKeyOf, realmWideKey } from "../identities/identifier.js";
import type { AccountId } from "../ids.js";
import { accountSubjects } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import type { Clock, Stores, Transaction } from "../ports.js";
import { type AccountStatus, Refusal } from "../refusal.js";
import type { SessionEnd } from "../sessions/session.js";
import type { AccountWithIdentifiers } from "./account-store.js";

export interface ChangeStatusNeeds {
  readonly clock: Clock;
  readonly stores: Stores;
  readonly transaction: Transaction;
}

export interface ChangeStatusCommand {
  readonly accountId: AccountId;
  readonly act: StatusAct;
  /** Kept for administrators, never told to the user. */
  readonly reason: string | undefined;
  readonly origin: Origin;
}

export type StatusAct = "restrict" | "close" | "deny" | "restore" | "delete";

interface StatusRule {
  readonly from: readonly AccountStatus[];
  readonly to: AccountStatus;
  /** Sessions of a restricted or denied account are refused while it lasts; those of a closed or deleted one are over. */
  readonly ends: SessionEnd | undefined;
}

const rules: Readonly<Record<StatusAct, StatusRule>> = {
  restrict: { from: ["active"], to: "restricted", ends: undefined },
  deny: { from: ["active", "restricted"], to: "denied", ends: undefined },
  close: { from: ["active", "restricted", "denied"], to: "closed", ends: "account-closed" },
  delete: { from: ["active", "restricted", "denied", "closed"], to: "deleted", ends: "account-deleted" },
  restore: { from: ["restricted", "denied", "closed", "deleted"], to: "active", ends: undefined },
};

/**
 * An administrator's change of an account's status, seen by every node with its next request. Deleting frees the identifiers;
 * restoring takes them back, and is refused as a whole (`identifier-lost`) when one has a new owner.
 */
export const changeAccountStatus = async (needs: ChangeStatusNeeds, command: ChangeStatusCommand): Promise<void> => {
  const now = needs.clock.now();
  const { accountId, act } = command;
  const rule = rules[act];
  await needs.transaction(async (stores) => {
    const found = await stores.accounts.find(accountId);
    if (found === undefined) throw new Refusal("account-unknown", { accountId });
    const change = { from: rule.from, to: rule.to, reason: command.reason, at: now };
    if (!(await stores.accounts.changeStatus(accountId, change)))
      throw new Refusal("account-status", { status: found.account.status, accountId });
    if (act === "delete") await stores.accounts.releaseIdentifiers(accountId);
    if (act === "restore") await reclaimIdentifiers(stores, found);
    if (rule.ends !== undefined) await stores.sessions.endAll(accountId, now, rule.ends);
    await stores.pendingSessions.endAll(accountId, undefined, now);
    await stores.audit.append({
      at: now,
      kind: "account-status-changed",
      accountId,
      origin: command.origin,
      details: { from: found.account.status, to: rule.to },
    });
  });
};

const reclaimIdentifiers = async (stores: Stores, { account, identifiers }: AccountWithIdentifiers): Promise<void> => {
  for (const identifier of identifiers) {
    if (identifier.liveKey !== undefined) continue;
    const isReclaimed = await stores.accounts.reclaim({ ...identifier, liveKey: liveKeyOf(identifier) });
    if (!isReclaimed || (await isSharedEmail(stores, identifier)))
      throw new Refusal("identifier-lost", { kind: identifier.kind, accountId: account.id });
  }
  // An account whose only address was proven by somebody else in the meantime could never sign in again.
  if (!identifiers.some((identifier) => identifier.kind !== "username"))
    throw new Refusal("identifier-lost", { kind: "email", accountId: account.id });
};

/** A proven and an unproven holder of one address have different live keys, so the index alone does not see that it has a new owner. */
const isSharedEmail = async (
  { accounts }: Stores,
  { kind, normalizedValue, provenAt }: Identifier,
): Promise<boolean> => {
  if (kind !== "email") return false;
  if (provenAt !== undefined) return (await accounts.unprovenEmails(normalizedValue)).length > 0;
  return (await accounts.heldLiveKeys([realmWideKey("email", normalizedValue)])).size > 0;
};

/** Removes a deleted account and all that is held about it; of its audit trail kinds, times and ids stay, its receipt included. */
export const purgeAccount = async (
  needs: ChangeStatusNeeds,
  command: { readonly accountId: AccountId; readonly origin: Origin },
): Promise<void> => {
  const { accountId, origin } = command;
  await needs.transaction(async (stores) => {
    const found = await stores.accounts.find(accountId);
    if (found === undefined) throw new Refusal("account-unknown", { accountId });
    if (!(await stores.accounts.purge(accountId)))
      throw new Refusal("account-status", { status: found.account.status, accountId });
    for (const { beginning } of accountSubjects(accountId)) await stores.attempts.resetAll(beginning);
    await stores.audit.append({ at: needs.clock.now(), kind: "account-purged", accountId, origin, details: {} });
  });
};
