import type { Account } from "../accounts/account.js";
import { type Instant, newRefreshId, newSessionId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Random, Stores, Tokens, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { makeAccessToken, makeRefreshToken } from "./make-token.js";
import type { Session } from "./session.js";

export interface OpenSessionNeeds {
  readonly random: Random;
  readonly tokens: Tokens;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface OpenSessionCommand {
  readonly account: Account;
  readonly rotates: boolean;
  readonly origin: Origin;
  readonly now: Instant;
  /** What the sign-in itself has to write in the same transaction. */
  readonly alongside: (stores: Stores) => Promise<void>;
}

export interface OpenedSession {
  readonly session: Session;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Opens a session for an account whose sign-in is complete. The tokens are given out only after the session is durable. */
export const openSession = async (needs: OpenSessionNeeds, command: OpenSessionCommand): Promise<OpenedSession> => {
  const { account, origin, now } = command;
  const session: Session = {
    id: newSessionId(needs.random),
    accountId: account.id,
    mount: needs.policy.mount,
    createdAt: now,
    expiresAt: now + needs.policy.sessions.absoluteIn,
    lastUsedAt: now,
    endedAt: undefined,
    endReason: undefined,
    address: origin.address,
    userAgent: origin.userAgent,
    refresh: {
      rotates: command.rotates,
      current: newRefreshId(needs.random),
      previous: undefined,
      rotatedAt: undefined,
      sealedSuccessor: undefined,
    },
  };
  const [accessToken, refreshToken] = await Promise.all([
    makeAccessToken(needs, session, now),
    makeRefreshToken(needs, session, session.refresh.current, now),
  ]);
  await needs.transaction(async (stores) => {
    // The account may have been restricted, or its password changed, while the password was being hashed.
    if (!(await stores.accounts.recordSignIn(account, now)))
      throw new Refusal("account-changed", { accountId: account.id });
    await stores.sessions.insert(session);
    await command.alongside(stores);
    await stores.audit.append({
      at: now,
      kind: "sign-in-succeeded",
      accountId: account.id,
      origin,
      details: { sessionId: session.id },
    });
  });
  return { session, accessToken, refreshToken };
};
