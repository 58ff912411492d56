import type { Account } from "#core/accounts/account.js";
import type { AccountId, IdentifierId } from "#core/ids.js";
import type { Identifier } from "#core/identities/identifier.js";
import type { AccountStatus, IdentifierKind } from "#core/refusal.js";
import { orUndefined } from "./store-context.js";

/** The columns of an account and of one of its identifiers, read side by side. */
export const accountColumns = [
  "account.account_id",
  "account.status",
  "account.status_reason",
  "account.language",
  "account.created_at as account_created_at",
  "account.last_sign_in_at",
  "account.password_changed_at",
  "account.deleted_at",
] as const;

export const identifierColumns = [
  "identifier.identifier_id",
  "identifier.kind",
  "identifier.display_value",
  "identifier.normalized_value",
  "identifier.proven_at",
  "identifier.mount as identifier_mount",
  "identifier.is_primary",
  "identifier.live_key",
  "identifier.created_at as identifier_created_at",
] as const;

export interface AccountRow {
  readonly account_id: string;
  readonly status: string;
  readonly status_reason: string | null;
  readonly language: string;
  readonly account_created_at: number;
  readonly last_sign_in_at: number | null;
  readonly password_changed_at: number | null;
  readonly deleted_at: number | null;
}

/** All null for an account without identifiers. */
export interface IdentifierRow {
  readonly account_id: string;
  readonly identifier_id: string | null;
  readonly kind: string | null;
  readonly display_value: string | null;
  readonly normalized_value: string | null;
  readonly proven_at: number | null;
  readonly identifier_mount: string | null;
  readonly is_primary: number | null;
  readonly live_key: string | null;
  readonly identifier_created_at: number | null;
}

// Ids, status and kind were written by the account store, from these types.
export const accountOf = (row: AccountRow): Account => ({
  id: row.account_id as AccountId,
  status: row.status as AccountStatus,
  statusReason: orUndefined(row.status_reason),
  language: row.language,
  createdAt: row.account_created_at,
  lastSignInAt: orUndefined(row.last_sign_in_at),
  passwordChangedAt: orUndefined(row.password_changed_at),
  deletedAt: orUndefined(row.deleted_at),
});

export const identifierOf = (row: IdentifierRow): Identifier | undefined =>
  row.identifier_id === null
    ? undefined
    : {
        id: row.identifier_id as IdentifierId,
        accountId: row.account_id as AccountId,
        kind: row.kind as IdentifierKind,
        displayValue: row.display_value ?? "",
        normalizedValue: row.normalized_value ?? "",
        provenAt: orUndefined(row.proven_at),
        mount: row.identifier_mount ?? "",
        isPrimary: row.is_primary === 1,
        liveKey: orUndefined(row.live_key),
        createdAt: row.identifier_created_at ?? 0,
      };

/** The identifiers of one account's rows: primary first, then oldest first. */
export const identifiersOf = (rows: readonly IdentifierRow[]): readonly Identifier[] =>
  rows
    .map(identifierOf)
    .filter((identifier) => identifier !== undefined)
    .sort(
      (one, other) =>
        Number(other.isPrimary) - Number(one.isPrimary) ||
        one.createdAt - other.createdAt ||
        (one.id < other.id ? -1 : 1),
    );
