import { getAccountView } from "../accounts/account-view.js";
import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import { passwordContextOf } from "../passwords/password-context.js";
import { checkPassword } from "../passwords/password-policy.js";
import type { PasswordPolicy } from "../policy.js";
import type {
  Clock,
  CommonPasswords,
  Fingerprint,
  PasswordHasher,
  Random,
  Secrets,
  Stores,
  Transaction,
} from "../ports.js";
import { Refusal } from "../refusal.js";
import { replacePassword } from "./replace-password.js";

export interface StartResetNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
}

/** Milliseconds for which a reset link is good. */
export const resetLinkLivesIn = 3_600_000;

/** Makes a single-use reset link's token for an account; the account's older ones die. An administrator never chooses the password. */
export const startPasswordReset = async (
  needs: StartResetNeeds,
  command: { readonly accountId: AccountId; readonly origin: Origin },
): Promise<string> => {
  const now = needs.clock.now();
  const { accountId, origin } = command;
  const found = await needs.stores.accounts.find(accountId);
  if (found === undefined) throw new Refusal("account-unknown", { accountId });
  if (found.account.status !== "active")
    throw new Refusal("account-status", { status: found.account.status, accountId });
  const token = needs.random.token(256);
  await needs.transaction(async ({ links, audit }) => {
    await links.replace({
      tokenHash: needs.fingerprint(token),
      purpose: "reset-password",
      accountId,
      createdAt: now,
      expiresAt: now + resetLinkLivesIn,
    });
    await audit.append({ at: now, kind: "password-reset-started", accountId, origin, details: {} });
  });
  return token;
};

export interface CompleteResetNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: { readonly passwords: PasswordPolicy };
}

/** Whether a reset link still works; spends nothing, so that a mail scanner's GET burns no link. */
export const isResetLinkLive = async (
  needs: Pick<CompleteResetNeeds, "clock" | "fingerprint" | "stores">,
  token: string,
): Promise<boolean> => {
  const now = needs.clock.now();
  return (await needs.stores.links.find(needs.fingerprint(token), "reset-password", now)) !== undefined;
};

/**
 * Sets a new password by a reset link. The link is spent with the change, not by a password that is refused.
 * All sessions end, the failure count starts anew, and nobody is signed in by it.
 */
export const completePasswordReset = async (
  needs: CompleteResetNeeds,
  command: { readonly token: string; readonly password: string; readonly origin: Origin },
): Promise<AccountId> => {
  const { password, origin } = command;
  const tokenHash = needs.fingerprint(command.token);
  const accountId = await needs.stores.links.find(tokenHash, "reset-password", needs.clock.now());
  if (accountId === undefined) throw linkInvalid();
  const view = await getAccountView(needs.stores, accountId);
  const failures = checkPassword(needs.policy.passwords, password, passwordContextOf(view), needs.commonPasswords);
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  const hash = await needs.passwords.hash(password);
  const now = needs.clock.now();
  await needs.transaction(async (stores) => {
    const spend = async (): Promise<void> => {
      if ((await stores.links.consume(tokenHash, "reset-password", now)) === undefined) throw linkInvalid();
    };
    await replacePassword(needs, stores, { ...view, hash, now, by: "password-changed", spend });
    await stores.audit.append({ at: now, kind: "password-reset-completed", accountId, origin, details: {} });
  });
  return accountId;
};

const linkInvalid = (): Refusal => new Refusal("link-invalid", { purpose: "reset-password" });
