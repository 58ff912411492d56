import type { AccountWithIdentifiers } from "../accounts/account-store.js";
import type { AccountId, Instant, RefreshId, SessionId } from "../ids.js";
import type { Session, SessionEnd } from "./session.js";

export interface SessionWithAccount extends AccountWithIdentifiers {
  readonly session: Session;
}

/** Sessions in one realm. */
export interface SessionStore {
  insert(session: Session): Promise<void>;
  /** One read, never stale: session, account and identifiers as the newest acknowledged write left them. */
  find(id: SessionId): Promise<SessionWithAccount | undefined>;
  /** Moves the idle end. `false` when the session has ended meanwhile or `refreshId` is not its current token. */
  touch(id: SessionId, refreshId: RefreshId, at: Instant): Promise<boolean>;
  /** Replaces the current refresh token by its successor, for exactly one caller; `false` for everybody else. */
  rotate(id: SessionId, rotation: Rotation): Promise<boolean>;
  /** `true` for the one caller who ended it. */
  end(id: SessionId, at: Instant, reason: SessionEnd): Promise<boolean>;
  /** Ends every live session of the account; how many. */
  endAll(accountId: AccountId, at: Instant, reason: SessionEnd): Promise<number>;
  /** Ends every live session of the account but `kept`, on whichever mount; how many. */
  endOthers(accountId: AccountId, kept: SessionId, at: Instant, reason: SessionEnd): Promise<number>;
  /** Ends the account's live sessions that were opened on one mount; how many. */
  endAllOnMount(accountId: AccountId, mount: string, at: Instant, reason: SessionEnd): Promise<number>;
  /** Ends the account's oldest live sessions on one mount, so that at most `kept` are left; how many. */
  endOldest(accountId: AccountId, mount: string, kept: number, at: Instant, reason: SessionEnd): Promise<number>;
  /** Newest first, ended ones included until they are purged. */
  listOf(accountId: AccountId): Promise<readonly Session[]>;
  /** Drops at most `limit` sessions whose absolute end, or ending, is at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}

export interface Rotation {
  readonly from: RefreshId;
  readonly to: RefreshId;
  readonly sealedSuccessor: string;
  readonly at: Instant;
}
