import type { Instant } from "../ids.js";
import type { RateLimit } from "../refusal.js";

/** Requests per client address: the ephemeral port. Losing it costs one window, never a security decision. */
export interface AddressWindows {
  /** Counts one use of `key`. When the window is full: the milliseconds until it ends, else `undefined`. */
  take(key: string, limit: RateLimit, at: Instant): Promise<number | undefined>;
}

/** Windows that stay until somebody drops them. */
export interface StoredAddressWindows extends AddressWindows {
  /** Drops at most `limit` windows that began at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}
