import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Fingerprint, Random, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { type SetPasswordNeeds, setPasswordByLink } from "./set-password-by-link.js";

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

export interface CompleteResetNeeds extends SetPasswordNeeds {
  readonly fingerprint: Fingerprint;
}

/** Whether a reset link still works; spends nothing, so that a mail scanner's GET burns no link. */
export const isResetLinkLive = async (
  needs: Pick<CompleteResetNeeds, "clock" | "fingerprint" | "stores">,
  token: string,
): Promise<boolean> => {
  const now = needs.clock.now();
  return (await needs.stores.links.find(needs.fingerprint(token), "reset-password", now)) !== undefined;
};

/** Sets a new password by a reset link, as `setPasswordByLink` does. */
export const completePasswordReset = (
  needs: CompleteResetNeeds,
  { token, password, origin }: { readonly token: string; readonly password: string; readonly origin: Origin },
): Promise<AccountId> =>
  setPasswordByLink(needs, {
    tokenHash: needs.fingerprint(token),
    purpose: "reset-password",
    kind: "password-reset-completed",
    by: "password-changed",
    password,
    origin,
  });
