import type { AccountId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";

/** One thing that happened, never changed afterwards. `details` hold ids and causes, no secret and no personal value. */
export interface AuditEvent {
  readonly at: Instant;
  readonly kind: AuditKind;
  readonly accountId: AccountId | undefined;
  readonly origin: Origin;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

export type AuditKind =
  | "account-registered"
  | "account-imported"
  | "account-exported"
  | "account-purged"
  | "account-status-changed"
  | "identifier-lost"
  | "sign-in-started"
  | "sign-in-step-passed"
  | "sign-in-succeeded"
  | "sign-in-refused"
  | "session-ended"
  | "sessions-ended"
  | "refresh-refused"
  | "refresh-token-reused"
  | "password-upgraded"
  | "password-reset-started"
  | "password-reset-completed"
  | "registration-refused"
  | "registration-started"
  | "code-refused"
  | "code-resent"
  | "guest-created"
  | "guest-upgraded"
  | "profile-changed"
  | "recovery-started"
  | "recovery-proven"
  | "recovery-completed"
  | "recovery-refused"
  | "recovery-cancelled"
  | "password-changed"
  | "password-change-refused"
  | "factor-refused"
  | "factor-changed"
  | "account-deleted"
  | "deletion-refused"
  | "handoff-bound"
  | "handoff-exchanged"
  | "handoff-refused"
  | "identity-linked"
  | "identity-unlinked"
  | "provider-changed"
  | "message-retried"
  | "signing-key-rotated"
  | "realm-created"
  | "api-key-made"
  | "api-key-policy-changed"
  | "api-key-disabled"
  | "api-key-enabled"
  | "api-secret-made"
  | "api-secret-expired"
  | "disclaimer-added"
  | "account-created";

export interface RecordedEvent extends AuditEvent {
  readonly id: string;
}

/** The append-only trail of one realm. */
export interface AuditTrail {
  append(event: AuditEvent): Promise<void>;
  /** Newest first, at most `limit`. */
  list(filter: AuditFilter, limit: number): Promise<readonly RecordedEvent[]>;
}

export interface AuditFilter {
  readonly accountId?: AccountId;
  readonly kind?: AuditKind;
  readonly requestId?: string;
  readonly before?: Instant;
}
