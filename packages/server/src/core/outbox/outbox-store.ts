import type { Instant, MessageId } from "../ids.js";
import type { Message } from "./message.js";

/** Messages of one realm. Appended in the transaction that they tell of: nothing is sent for what was rolled back. */
export interface OutboxStore {
  append(message: Message): Promise<void>;
  /**
   * Takes up to `limit` due messages until `leasedUntil`; no other node gets them before. A lease that ran out unfinished counts as an
   * attempt whose outcome is unknown. Messages whose time is over, or whose outcome was unknown twice, become dead instead.
   */
  lease(lease: OutboxLease): Promise<readonly LeasedMessage[]>;
  /** What became of an attempt. Only the owner of the lease may say. */
  finish(id: MessageId, owner: string, outcome: DeliveryOutcome): Promise<void>;
  /** Messages that wait or are dead (and, with `sent`, those that are kept after sending), newest first. */
  list(filter: OutboxFilter, limit: number): Promise<readonly KeptMessage[]>;
  /** How many wait, and how many are dead. */
  count(): Promise<{ readonly waiting: number; readonly dead: number }>;
  /** Gives a dead message another chance until `expiresAt`. `false` when it is not dead. */
  retry(id: MessageId, at: Instant, expiresAt: Instant): Promise<boolean>;
  /** Drops at most `limit` finished messages that ended at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}

export interface OutboxLease {
  readonly owner: string;
  readonly now: Instant;
  readonly leasedUntil: Instant;
  readonly limit: number;
}

export interface LeasedMessage extends Message {
  /** This attempt, the first being 1. */
  readonly attempt: number;
}

export type DeliveryOutcome =
  | { readonly kind: "sent"; readonly at: Instant }
  /** Certainly not delivered: to be tried again at `retryAt`. */
  | { readonly kind: "failed"; readonly at: Instant; readonly retryAt: Instant; readonly error: string }
  /** Refused for good. */
  | { readonly kind: "refused"; readonly at: Instant; readonly error: string }
  /** It may have been delivered (cut after DATA): tried again at most once. */
  | { readonly kind: "unknown"; readonly at: Instant; readonly retryAt: Instant; readonly error: string };

export type OutboxState = "waiting" | "sent" | "dropped" | "dead";

export interface KeptMessage extends Message {
  readonly state: OutboxState;
  readonly attempts: number;
  readonly dueAt: Instant;
  readonly finishedAt: Instant | undefined;
  /** The last failure, without addresses; empty when there was none. */
  readonly error: string;
}

export interface OutboxFilter {
  readonly states: readonly OutboxState[];
}
