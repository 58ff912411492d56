import type { AccountWithIdentifiers } from "#core/accounts/account-store.js";
import { timeOrNull } from "./layout.js";

/** An account as programs read it. */
export const accountJson = ({ account, identifiers }: AccountWithIdentifiers) => ({
  accountId: account.id,
  status: account.status,
  statusReason: account.statusReason ?? null,
  language: account.language,
  createdAt: timeOrNull(account.createdAt),
  lastSignInAt: timeOrNull(account.lastSignInAt),
  passwordChangedAt: timeOrNull(account.passwordChangedAt),
  deletedAt: timeOrNull(account.deletedAt),
  identifiers: identifiers.map((identifier) => ({
    kind: identifier.kind,
    value: identifier.displayValue,
    provenAt: timeOrNull(identifier.provenAt),
    mount: identifier.mount,
    isPrimary: identifier.isPrimary,
    isHeld: identifier.liveKey !== undefined,
  })),
});
