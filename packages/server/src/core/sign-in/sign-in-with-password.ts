import type { MountPolicy } from "../policy.js";
import type { Random, Tokens, Transaction } from "../ports.js";
import { openSession, type OpenedSession } from "../sessions/open-session.js";
import { provePassword, type ProvePasswordCommand, type ProvePasswordNeeds } from "./prove-password.js";

export interface SignInNeeds extends ProvePasswordNeeds {
  readonly random: Random;
  readonly tokens: Tokens;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface SignInCommand extends ProvePasswordCommand {
  readonly rotate: boolean;
}

/** Signs an account in by e-mail and password, for tokens. */
export const signInWithPassword = (needs: SignInNeeds, command: SignInCommand): Promise<OpenedSession> => {
  const rotates = command.rotate || needs.policy.tokens.rotation === "always";
  return provePassword(needs, command, (proven) => openSession(needs, { ...proven, rotates, origin: command.origin }));
};
