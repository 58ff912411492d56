import type { AccountView } from "#core/accounts/account-view.js";
import type { Identifier } from "#core/identities/identifier.js";
import type { IdentifierKind } from "#core/refusal.js";

/** The `user` object of the contract. */
export const userOf = ({ account, identifiers, profile }: AccountView) => ({
  id: account.id,
  first_name: profile.firstName ?? null,
  last_name: profile.lastName ?? null,
  birth_date: profile.birthDate ?? null,
  gender: profile.gender ?? null,
  language: account.language,
  login_name: identifiers.find(({ kind }) => kind === "username")?.displayValue ?? null,
  phones: liveOf(identifiers, "phone").map((phone) => ({
    id: phone.id,
    phone: phone.normalizedValue,
    ...stateOf(phone),
  })),
  emails: liveOf(identifiers, "email").map((email) => ({
    id: email.id,
    email: email.normalizedValue,
    ...stateOf(email),
  })),
  custom: customOf(profile.custom),
  status: account.status,
  created_at: rfc3339(account.createdAt),
});

/** How the contract writes an instant. */
export const rfc3339 = (at: number): string => new Date(at).toISOString();

/** The primary one first, then as they were added. */
const liveOf = (identifiers: readonly Identifier[], kind: IdentifierKind): readonly Identifier[] =>
  identifiers
    .filter((identifier) => identifier.kind === kind && identifier.liveKey !== undefined)
    .toSorted((one, other) => Number(other.isPrimary) - Number(one.isPrimary) || one.createdAt - other.createdAt);

const stateOf = ({ isPrimary, provenAt }: Identifier) => ({
  is_primary: isPrimary,
  is_verified: provenAt !== undefined,
});

// Written by this server alone, as a JSON object.
const customOf = (custom: string | undefined): object => (custom === undefined ? {} : (JSON.parse(custom) as object));
