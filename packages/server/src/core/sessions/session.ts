import type { AccountId, ApiKeyId, Instant, RefreshId, SessionId } from "../ids.js";

export interface Session {
  readonly id: SessionId;
  readonly accountId: AccountId;
  /** The mount where it was opened; its tokens work there only. */
  readonly mount: string;
  /** The API key with which it was opened, and has to be used; `undefined` where a mount has none. */
  readonly clientId: ApiKeyId | undefined;
  readonly createdAt: Instant;
  /** The absolute end. */
  readonly expiresAt: Instant;
  /** The last refresh, or the sign-in. Idle time counts from here. */
  readonly lastUsedAt: Instant;
  readonly endedAt: Instant | undefined;
  readonly endReason: SessionEnd | undefined;
  readonly address: string;
  readonly userAgent: string;
  readonly refresh: RefreshChain;
}

/** The refresh tokens of a session. Only the newest is good; the one before it gives its successor again for a short grace. */
export interface RefreshChain {
  readonly rotates: boolean;
  readonly current: RefreshId;
  readonly previous: RefreshId | undefined;
  readonly rotatedAt: Instant | undefined;
  /** The newest refresh token itself, encrypted, so that a lost answer can be given again word for word. */
  readonly sealedSuccessor: string | undefined;
}

export type SessionEnd =
  | "signed-out"
  | "ended-by-administrator"
  | "refresh-token-reused"
  | "password-changed"
  | "identifier-lost"
  | "guest-upgraded"
  | "handoff-replayed"
  | "over-the-limit"
  | "account-recovered"
  | "account-closed"
  | "account-deleted";

export interface SessionLifetimes {
  /** Milliseconds without a refresh after which a session is over. */
  readonly idleIn: number;
  /** Milliseconds after sign-in at which a session is over, whatever its use. */
  readonly absoluteIn: number;
}

/** Whether the session still lives at `now`: not ended, not idle, not past its absolute end. */
export const isLive = (session: Session, lifetimes: SessionLifetimes, now: Instant): boolean =>
  session.endedAt === undefined && now < session.expiresAt && now < session.lastUsedAt + lifetimes.idleIn;
