import type { AccountView } from "../accounts/account-view.js";
import type { PasswordContext } from "./password-policy.js";

/** What an account's new password must not repeat. */
export const passwordContextOf = ({
  identifiers,
  profile,
}: Pick<AccountView, "identifiers" | "profile">): PasswordContext => {
  const email = identifiers.find(({ kind }) => kind === "email")?.normalizedValue;
  return {
    ...(email === undefined ? {} : { email }),
    ...(profile.fullname === undefined ? {} : { fullname: profile.fullname }),
  };
};
