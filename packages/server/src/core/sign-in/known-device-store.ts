import type { AccountId, Instant } from "../ids.js";

export interface KnownDevice {
  readonly device: string;
  readonly seenAt: Instant;
}

/** Devices (keyed hash of address and user agent) from which an account signed in lately. */
export interface KnownDeviceStore {
  remember(accountId: AccountId, device: string, at: Instant): Promise<void>;
  /** Whether the account signed in from the device after `since`. An unknown account costs the same read. */
  isKnown(accountId: string, device: string, since: Instant): Promise<boolean>;
  /** Last seen first. */
  listOf(accountId: AccountId): Promise<readonly KnownDevice[]>;
  /** Drops at most `limit` devices last seen at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}
