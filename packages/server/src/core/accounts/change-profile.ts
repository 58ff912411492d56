import { isGuest } from "../guests/guest.js";
import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Transaction } from "../ports.js";
import { type AccountView, getAccountView } from "./account-view.js";
import type { ProfileChange } from "./profile-store.js";

export interface ChangeProfileNeeds {
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export interface ChangeProfileCommand {
  readonly accountId: AccountId;
  /** What is named is written, and nothing else; `null` clears. */
  readonly change: ProfileChange & { readonly language?: string };
  readonly origin: Origin;
}

/** Changes what an account says of its owner. A guest's phone stays as it is: nothing may make a guest more than a device's. */
export const changeProfile = (needs: ChangeProfileNeeds, command: ChangeProfileCommand): Promise<AccountView> => {
  const { accountId, origin } = command;
  const now = needs.clock.now();
  return needs.transaction(async (stores) => {
    const { identifiers } = await getAccountView(stores, accountId);
    const { language, phone, ...rest } = command.change;
    const change = phone === undefined || isGuest(identifiers) ? rest : { ...rest, phone };
    const names = [...Object.keys(change), ...(language === undefined ? [] : ["language"])];
    if (names.length > 0) {
      if (language !== undefined) await stores.accounts.changeLanguage(accountId, language);
      await stores.profiles.change(accountId, change);
      const details = { fields: names.join() };
      await stores.audit.append({ at: now, kind: "profile-changed", accountId, origin, details });
    }
    return getAccountView(stores, accountId);
  });
};
