import { getAccountView } from "../accounts/account-view.js";
import { mayAct } from "../accounts/account.js";
import type { Origin } from "../origin.js";
import { reopenFactors } from "../factors/reopen-factors.js";
import { passwordContextOf } from "../passwords/password-context.js";
import { checkPassword } from "../passwords/password-policy.js";
import { Refusal } from "../refusal.js";
import { stateWrong } from "../sign-in/find-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import { goOn } from "../sign-in/go-on.js";
import type { PendingSession, SessionMemory } from "../sign-in/pending-session.js";
import { recordRefusedStep } from "../sign-in/record-refused-step.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";
import { replacePassword } from "./replace-password.js";

export interface SetRecoveredPasswordCommand {
  readonly session: PendingSession;
  readonly password: string;
  readonly origin: Origin;
}

/**
 * `recovery-setpassword`: sets the new password. Every other session of the account ends on every mount, with those under way, links and
 * codes; the owner is told. What he has for a second factor is still asked for. On a hardened mount nobody is signed in by a recovery.
 */
export const setRecoveredPassword = async (
  needs: FlowNeeds,
  { session, password, origin }: SetRecoveredPasswordCommand,
): Promise<SignInProgress> => {
  const { accountId } = session;
  // A session in this state has proven somebody.
  if (accountId === undefined) throw stateWrong(session, session.state);
  const view = await getAccountView(needs.stores, accountId);
  const failures = checkPassword(needs.policy.passwords, password, passwordContextOf(view), needs.commonPasswords);
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  const hash = await needs.passwords.hash(password);
  const now = needs.clock.now();
  const memory: SessionMemory = { ...session.memory, proven: ["password"], passwordChangedAt: now };
  try {
    return await needs.transaction(async (stores) => {
      // Behind the lock on the account's row, which the new password takes.
      const refuseInactive = async (): Promise<void> => {
        const status = (await stores.accounts.find(accountId))?.account.status ?? "deleted";
        if (!mayAct({ status })) throw new Refusal("account-inactive", { status, accountId });
      };
      const ended = await replacePassword(needs, stores, {
        ...view,
        hash,
        now,
        keptSignIn: session.id,
        by: "account-recovered",
        spend: refuseInactive,
      });
      await reopenFactors(stores, accountId);
      await stores.audit.append({ at: now, kind: "recovery-completed", accountId, origin, details: { ended } });
      if (needs.policy.profile === "contract") return goOn(needs, stores, { session, accountId, memory, origin, now });
      if (!(await stores.pendingSessions.complete(session, now))) throw stateWrong(session, session.state);
      return { kind: "login" };
    });
  } catch (error) {
    if (error instanceof Refusal) await recordRefusedStep(needs, error, { session, origin, now });
    throw error;
  }
};
