import type { AccountId, Instant, SignInId } from "../ids.js";
import type { PendingSession, SessionMemory } from "./pending-session.js";
import type { SessionState } from "./session-state.js";

/** Sessions of one realm that are not authorized. Durable. */
export interface PendingSessionStore {
  insert(session: PendingSession): Promise<void>;
  /** Ended and over ones included until they are purged. */
  find(tokenHash: string): Promise<PendingSession | undefined>;
  /** Newest first. */
  listOf(accountId: AccountId): Promise<readonly PendingSession[]>;
  /**
   * Counts a wrong answer before the answer is evaluated, in one conditional statement: `false` when the session has ended, is over, has
   * moved on or has no try left. The last try ends it.
   */
  countTry(session: Pick<PendingSession, "id" | "tokenHash" | "state">, tries: number, at: Instant): Promise<boolean>;
  /** The try was never evaluated: undoes one `countTry`. */
  withdrawTry(id: SignInId): Promise<void>;
  /**
   * Moves on, for exactly one caller: `false` when the session is not in `from` under `tokenHash` any more, or is over at `at`.
   */
  advance(from: Pick<PendingSession, "id" | "tokenHash" | "state">, to: Advance, at: Instant): Promise<boolean>;
  /** The step that completes it: `true` for exactly one caller, under the same conditions as `advance`. */
  complete(from: Pick<PendingSession, "id" | "tokenHash" | "state">, at: Instant): Promise<boolean>;
  /** `true` for the one caller who ended it. */
  end(id: SignInId, at: Instant): Promise<boolean>;
  /** Ends every one of the account, but `kept`; how many. */
  endAll(accountId: AccountId, kept: SignInId | undefined, at: Instant): Promise<number>;
  /** Drops at most `limit` sessions that expired at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}

export interface Advance {
  readonly state: SessionState;
  readonly tokenHash: string;
  readonly memory: SessionMemory;
  readonly expiresAt: Instant;
  /** Whether one counted try is given back, also the last: a right answer is no wrong one. */
  readonly givesBack: boolean;
}
