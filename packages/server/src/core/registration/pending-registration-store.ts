import type { AccountId, Instant } from "../ids.js";
import type { PendingRegistration } from "./pending-registration.js";

/** Registrations of one realm that wait for their address to be proven. */
export interface PendingRegistrationStore {
  /** Keeps it in place of an older one of its mount and address. */
  replace(pending: PendingRegistration): Promise<void>;
  /** The live one of the mount and normalised address. */
  find(mount: string, normalizedEmail: string, now: Instant): Promise<PendingRegistration | undefined>;
  /** The live one that a link's token completes; spends nothing. */
  findByLink(linkHash: string, now: Instant): Promise<PendingRegistration | undefined>;
  /** All that wait for one of these addresses, or by which this guest would become an account; over ones too until they are purged. */
  listOf(guestId: AccountId, normalizedEmails: readonly string[]): Promise<readonly PendingRegistration[]>;
  /** Takes it away, for exactly one caller: `false` when it is gone, replaced since (`createdAt` differs) or over. */
  consume(pending: PendingRegistration, now: Instant): Promise<boolean>;
  /** Drops all that wait for this address, on whichever mount; how many. */
  removeAll(normalizedEmail: string): Promise<number>;
  /** Drops those by which this guest would become an account; how many. */
  removeOfGuest(guestId: AccountId): Promise<number>;
  /** Drops at most `limit` that expired at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}
