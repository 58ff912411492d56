import { mayAct } from "../accounts/account.js";
import { codeHash, codeSubject } from "../factors/draw-code.js";
import { guessIdentity, isRefusedGuess, recordRefusedGuess, takeCodeTry } from "../factors/take-code-try.js";
import { comparableEmail, findProvenHolder } from "../identities/find-proven-holder.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Random, Secrets, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { recoveryKeyHash, recoveryKeyLivesIn } from "./recovery-key.js";

export interface VerifyRecoveryNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface VerifyRecoveryCommand {
  readonly email: string;
  readonly code: string;
  readonly origin: Origin;
}

/**
 * Gives a key that can set a new password, once, for the code that was mailed; the account's older recovery keys die. The guess is
 * counted before it is evaluated. An address of nobody takes the same steps as a wrong code.
 */
export const verifyRecoveryCode = async (
  needs: VerifyRecoveryNeeds,
  command: VerifyRecoveryCommand,
): Promise<{ readonly key: string }> => {
  const { origin } = command;
  const now = needs.clock.now();
  const email = comparableEmail(needs.secrets, command.email);
  const holder = await findProvenHolder(needs.stores, email);
  const accountId = holder?.account.id;
  const subject = codeSubject(needs, { purpose: "recovery", owner: email });
  const identity = guessIdentity(accountId, email);
  const { outcome, giveBack } = await takeCodeTry(needs, { subject, identity, now });
  try {
    if (outcome === "spent") throw codeWrong(false, accountId);
    if (outcome !== "counted") throw new Refusal("code-unknown", { purpose: "recovery", reason: outcome });
    const key = needs.random.token(256);
    await needs.transaction(async (stores) => {
      const isRight = await stores.codes.consume(subject, codeHash(needs, subject, command.code), now);
      if (!isRight || accountId === undefined) throw codeWrong(true, accountId);
      await giveBack(stores);
      // Read behind the code's row: what ended the account meanwhile has dropped its codes.
      const found = await stores.accounts.find(accountId);
      if (found === undefined || !mayAct(found.account))
        throw new Refusal("code-unknown", { purpose: "recovery", reason: found?.account.status ?? "gone" });
      await stores.links.replace({
        tokenHash: recoveryKeyHash(needs, key),
        purpose: "recovery-key",
        accountId,
        createdAt: now,
        expiresAt: now + recoveryKeyLivesIn,
      });
      await stores.audit.append({ at: now, kind: "recovery-proven", accountId, origin, details: {} });
    });
    return { key };
  } catch (error) {
    if (isRefusedGuess(error)) await recordRefusedGuess(needs, error, { accountId, origin, now });
    throw error;
  }
};

const codeWrong = (wasEvaluated: boolean, accountId: string | undefined): Refusal =>
  new Refusal("code-wrong", { purpose: "recovery", wasEvaluated, ...(accountId === undefined ? {} : { accountId }) });
