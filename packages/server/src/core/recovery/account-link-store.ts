import type { AccountId, Instant } from "../ids.js";

/** Single-use links; only the SHA-256 of a link's token is kept. */
export interface AccountLinkStore {
  /** Makes a link and kills the account's older ones of the same purpose. */
  replace(link: AccountLink): Promise<void>;
  /** The account of a link that could be consumed at `now`; spends nothing. */
  find(tokenHash: string, purpose: LinkPurpose, now: Instant): Promise<AccountId | undefined>;
  /** Uses the link up, for exactly one caller: its account, or `undefined` when unknown, used, replaced or over. */
  consume(tokenHash: string, purpose: LinkPurpose, now: Instant): Promise<AccountId | undefined>;
  /** Used and over ones included until they are purged. */
  listOf(accountId: AccountId): Promise<readonly KeptLink[]>;
  /** Drops every link of the account. */
  removeAll(accountId: AccountId): Promise<void>;
  /** Drops at most `limit` links that expired at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}

export interface AccountLink {
  readonly tokenHash: string;
  readonly purpose: LinkPurpose;
  readonly accountId: AccountId;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** A link as it is listed, without what finds it. */
export interface KeptLink extends Omit<AccountLink, "tokenHash"> {
  readonly usedAt: Instant | undefined;
}

/**
 * `recovery-key`: what a proven recovery code gives, to set a new password with. `recover`: begins a recovery's session.
 * `cancel-recovery`: by which an owner stops one that he did not ask for.
 */
export type LinkPurpose = "reset-password" | "recovery-key" | "recover" | "cancel-recovery";
