import type { AccountId, Instant, MessageId, RealmId } from "../ids.js";
import type { Channel, Letter, Message } from "./message.js";

/** Messages of every realm, as they go out. */
export interface OutboxQueue {
  /**
   * Takes up to `limit` due messages until `leasedUntil`, longest due first; no other node gets them before. A lease that ran out
   * unfinished counts as an attempt whose outcome is unknown. Messages whose time is over, whose outcome was unknown twice, or
   * whose secret is gone become dead instead. None: nothing is due.
   */
  lease(lease: OutboxLease): Promise<readonly LeasedMessage[]>;
  /** What became of an attempt. Only the owner of the lease may say. */
  finish(message: Pick<LeasedMessage, "id" | "realmId">, owner: string, outcome: DeliveryOutcome): Promise<void>;
}

/** Messages of one realm. Appended in the transaction that they tell of: nothing is sent for what was rolled back. */
export interface OutboxStore {
  /** Seals recipient and letter. */
  append(message: Message): Promise<void>;
  /** Messages that wait or are dead (and, with `sent`, those that are kept after sending), newest first. */
  list(filter: OutboxFilter, limit: number): Promise<readonly KeptMessage[]>;
  /**
   * Every message of the account, and of those that were written before there was one, whatever still holds its letter and goes to one of
   * these addresses. Newest first.
   */
  listOf(accountId: AccountId, addresses: readonly string[]): Promise<readonly KeptMessage[]>;
  find(id: MessageId): Promise<KeptMessage | undefined>;
  /** How many wait, and how many are dead. */
  count(): Promise<{ readonly waiting: number; readonly dead: number }>;
  /** Gives a dead message another chance until `expiresAt`. `false` when it is not dead. */
  retry(id: MessageId, at: Instant, expiresAt: Instant): Promise<boolean>;
  /** Drops at most `limit` messages of these states that ended at or before `before`; a waiting one ends with its time. How many. */
  purge(states: readonly OutboxState[], before: Instant, limit: number): Promise<number>;
}

export interface OutboxLease {
  readonly channel: Channel;
  /** Where a message goes that has no gateway yet, at most 64 characters: remembered with the lease, so that it is known of an attempt that nobody finished. */
  readonly gateway: string;
  /** At most 128 characters; different for each node, and not empty. */
  readonly owner: string;
  readonly now: Instant;
  readonly leasedUntil: Instant;
  readonly limit: number;
}

export interface LeasedMessage extends Message {
  readonly realmId: RealmId;
  /** This attempt, the first being 1. */
  readonly attempt: number;
  /** Where it goes; empty where there is only one way. */
  readonly gateway: string;
  /** Whether an earlier attempt may have delivered it: then it goes to no other gateway. */
  readonly mayHaveArrived: boolean;
}

export type DeliveryOutcome =
  | { readonly kind: "sent"; readonly at: Instant }
  /** Certainly not delivered: to be tried again at `retryAt`, at another gateway where one is named. */
  | {
      readonly kind: "failed";
      readonly at: Instant;
      readonly retryAt: Instant;
      readonly error: string;
      readonly gateway?: string;
    }
  /** Refused for good. */
  | { readonly kind: "refused"; readonly at: Instant; readonly error: string }
  /** It may have been delivered (cut after DATA): tried again at most once, at the same gateway. */
  | { readonly kind: "unknown"; readonly at: Instant; readonly retryAt: Instant; readonly error: string };

export type OutboxState = "waiting" | "sent" | "dropped" | "dead";

/** A message as it is listed. */
export interface KeptMessage extends Omit<Message, "to" | "letter" | "fate"> {
  readonly kind: Letter["kind"];
  /** Erased once it was sent or dropped, and not readable when its secret is gone. */
  readonly content: Pick<Message, "to" | "letter"> | undefined;
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
