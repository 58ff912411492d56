import type { Secrets, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { provePassword, type ProvePasswordCommand, type ProvePasswordNeeds } from "../sign-in/prove-password.js";
import { bindHandoff } from "./bind-handoff.js";
import { type BrowserClaim, getOwnHandoff, type HandoffReturn, type OwnHandoffNeeds, returnOf } from "./own-handoff.js";

export interface SignInForHandoffNeeds extends OwnHandoffNeeds, ProvePasswordNeeds {
  readonly secrets: Secrets;
  readonly transaction: Transaction;
  readonly policy: OwnHandoffNeeds["policy"] & ProvePasswordNeeds["policy"];
}

/** Signs an account in by e-mail and password, in the browser, for the app that waits. It gets its key by the exchange, not here. */
export const signInForHandoff = async (
  needs: SignInForHandoffNeeds,
  command: BrowserClaim & ProvePasswordCommand,
): Promise<HandoffReturn> => {
  const handoff = await getOwnHandoff(needs, command);
  await provePassword(needs, command, ({ account, now, alongside }) =>
    needs.transaction(async (stores) => {
      // It may have been restricted, or its password changed, while the password was being hashed.
      if (!(await stores.accounts.recordSignIn(account, now)))
        throw new Refusal("account-changed", { accountId: account.id });
      await bindHandoff(stores, { handoff, accountId: account.id, by: "password", origin: command.origin, now });
      await alongside(stores);
    }),
  );
  return returnOf(needs, handoff, "signed-in");
};
