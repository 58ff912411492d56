import type { AccountView } from "#core/accounts/account-view.js";
import { isGuest } from "#core/guests/guest.js";

/** The `user` object of the contract. */
export const userOf = ({ account, identifiers, profile }: AccountView) => {
  const email = identifiers.find(({ kind, isPrimary }) => kind === "email" && isPrimary);
  return {
    id: account.id,
    email: email?.normalizedValue ?? null,
    fullname: profile.fullname ?? null,
    language: account.language,
    phone: profile.phone ?? null,
    avatar_url: profile.avatarUrl ?? null,
    birth_date: profile.birthDate ?? null,
    is_guest: isGuest(identifiers),
    is_verified: email?.provenAt !== undefined,
    created_at: rfc3339(account.createdAt),
    last_login_at: account.lastSignInAt === undefined ? null : rfc3339(account.lastSignInAt),
  };
};

const rfc3339 = (at: number): string => new Date(at).toISOString();
