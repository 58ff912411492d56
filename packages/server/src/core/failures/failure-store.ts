import type { Instant } from "../ids.js";

/** The true reason of one 4xx or 5xx answer, found by its request id. Holds no secret and no body. */
export interface FailureRecord {
  readonly requestId: string;
  readonly at: Instant;
  readonly expiresAt: Instant;
  readonly mount: string;
  readonly method: string;
  /** The route's pattern, not the path as sent. */
  readonly route: string;
  readonly status: number;
  /** What the caller was told. */
  readonly told: string;
  /** The refusal's code, or `fault`. */
  readonly reason: string;
  /** The refusal's details, or the fault's class and message, as JSON. */
  readonly details: string;
  readonly accountId: string | undefined;
  readonly address: string;
  readonly node: string;
}

export interface FailureStore {
  /** Writes all or nothing; a record whose id is there already is passed over. */
  append(records: readonly FailureRecord[]): Promise<void>;
  /** `undefined` when unknown or expired at `now`. */
  find(requestId: string, now: Instant): Promise<FailureRecord | undefined>;
  /** Newest first, over ones included until they are purged. */
  listOf(accountId: string): Promise<readonly FailureRecord[]>;
  /** Drops at most `limit` records that expired at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}
