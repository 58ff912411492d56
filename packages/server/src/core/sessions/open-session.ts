import type { Account } from "../accounts/account.js";
import { type Instant, newSessionId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Random, Stores, Tokens, Transaction } from "../ports.js";
import { keepSession, newSession } from "./keep-session.js";
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
  const session = newSession(needs, {
    id: newSessionId(needs.random),
    accountId: account.id,
    rotates: command.rotates,
    origin,
    now,
  });
  const [accessToken, refreshToken] = await Promise.all([
    makeAccessToken(needs, session, now),
    makeRefreshToken(needs, session, session.refresh.current, now),
  ]);
  await needs.transaction(async (stores) => {
    await keepSession(stores, account, { session, origin });
    await command.alongside(stores);
  });
  return { session, accessToken, refreshToken };
};
