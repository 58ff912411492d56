import type { AccountId } from "../ids.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { AccountWithIdentifiers } from "./account-store.js";
import type { Profile } from "./profile.js";

/** What a contract shows of a user. */
export interface AccountView extends AccountWithIdentifiers {
  readonly profile: Profile;
}

/** Refuses with `account-gone` when there is no such account any more. */
export const getAccountView = async (
  { accounts, profiles }: Pick<Stores, "accounts" | "profiles">,
  accountId: AccountId,
): Promise<AccountView> => {
  const found = await accounts.find(accountId);
  if (found === undefined) throw new Refusal("account-gone", { accountId });
  return { ...found, profile: await profiles.find(accountId) };
};
