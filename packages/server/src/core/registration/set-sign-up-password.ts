import type { Origin } from "../origin.js";
import { checkPassword } from "../passwords/password-policy.js";
import { Refusal } from "../refusal.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { PendingSession } from "../sign-in/pending-session.js";
import { recordRefusedStep } from "../sign-in/record-refused-step.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";
import { completeSignUp } from "./complete-sign-up.js";

export interface SetSignUpPasswordCommand {
  readonly session: PendingSession;
  readonly password: string;
  readonly origin: Origin;
}

/** `signup-setpassword`: makes the account with its first password. A weak one is refused, and the session goes on. */
export const setSignUpPassword = async (
  needs: FlowNeeds,
  { session, password, origin }: SetSignUpPasswordCommand,
): Promise<SignInProgress> => {
  const { memory } = session;
  const { kind, normalizedValue } = memory.identifier;
  const context = kind === "email" ? { email: normalizedValue } : {};
  const failures = checkPassword(needs.policy.passwords, password, context, needs.commonPasswords);
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  const passwordHash = await needs.passwords.hash(password);
  const now = needs.clock.now();
  try {
    return await needs.transaction((stores) =>
      completeSignUp(needs, stores, { session, memory, passwordHash, origin, now }),
    );
  } catch (error) {
    if (error instanceof Refusal) await recordRefusedStep(needs, error, { session, origin, now });
    throw error;
  }
};
