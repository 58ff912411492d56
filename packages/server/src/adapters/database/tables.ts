/**
 * The tables as Kysely sees them. Instants are epoch milliseconds, truth values are 0 or 1, structured values are JSON in text.
 * `realm_id` is the first column of every key.
 */
export interface Tables {
  realm: RealmTable;
  account: AccountTable;
  identifier: IdentifierTable;
  password: PasswordTable;
  session: SessionTable;
  signing_key: SigningKeyTable;
  attempt_budget: AttemptBudgetTable;
  address_window: AddressWindowTable;
  known_device: KnownDeviceTable;
  account_link: AccountLinkTable;
  profile: ProfileTable;
  guest: GuestTable;
  pending_registration: PendingRegistrationTable;
  one_time_code: OneTimeCodeTable;
  sending_budget: SendingBudgetTable;
  handoff: HandoffTable;
  message: MessageTable;
  api_key: ApiKeyTable;
  api_key_secret: ApiKeySecretTable;
  identity_provider: IdentityProviderTable;
  disclaimer: DisclaimerTable;
  disclaimer_acceptance: DisclaimerAcceptanceTable;
  pending_session: PendingSessionTable;
  second_factor: SecondFactorTable;
  backup_code: BackupCodeTable;
  memorable_word: MemorableWordTable;
  memorable_challenge: MemorableChallengeTable;
  control_question: ControlQuestionTable;
  single_use: SingleUseTable;
  entry: EntryTable;
  audit_event: AuditEventTable;
  failure_record: FailureRecordTable;
  job: JobTable;
}

export interface RealmTable {
  realm_id: string;
  created_at: number;
}

export interface AccountTable {
  realm_id: string;
  account_id: string;
  status: string;
  status_reason: string | null;
  language: string;
  created_at: number;
  last_sign_in_at: number | null;
  password_changed_at: number | null;
  deleted_at: number | null;
}

export interface IdentifierTable {
  realm_id: string;
  identifier_id: string;
  account_id: string;
  kind: string;
  display_value: string;
  normalized_value: string;
  proven_at: number | null;
  mount: string;
  is_primary: number;
  /** Unique in the realm; null once the account is deleted, so that the value is free. */
  live_key: string | null;
  created_at: number;
}

export interface PasswordTable {
  realm_id: string;
  account_id: string;
  hash: string;
  set_at: number;
}

export interface SessionTable {
  realm_id: string;
  session_id: string;
  account_id: string;
  mount: string;
  /** Of a mount whose clients have API keys. */
  api_key_id: string | null;
  created_at: number;
  expires_at: number;
  last_used_at: number;
  ended_at: number | null;
  end_reason: string | null;
  address: string;
  user_agent: string;
  rotates: number;
  current_refresh: string;
  previous_refresh: string | null;
  rotated_at: number | null;
  sealed_successor: string | null;
}

export interface SigningKeyTable {
  realm_id: string;
  key_id: string;
  algorithm: string;
  public_jwk: string;
  sealed_private_jwk: string;
  created_at: number;
  active_at: number;
  retired_at: number | null;
  expires_at: number | null;
}

export interface AttemptBudgetTable {
  realm_id: string;
  subject: string;
  /** Tries since the last rest. */
  used: number;
  /** Failures in a row, over any time. */
  failed_in_row: number;
  last_at: number;
  /** Whether the row of failures disabled the factor: such a row is never purged. */
  is_disabled: number;
}

export interface AddressWindowTable {
  realm_id: string;
  window_key: string;
  used: number;
  began_at: number;
}

export interface KnownDeviceTable {
  realm_id: string;
  account_id: string;
  device: string;
  seen_at: number;
}

export interface AccountLinkTable {
  realm_id: string;
  token_hash: string;
  purpose: string;
  account_id: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface ProfileTable {
  realm_id: string;
  account_id: string;
  fullname: string | null;
  phone: string | null;
  avatar_url: string | null;
  birth_date: string | null;
  first_name: string | null;
  last_name: string | null;
  gender: string | null;
  custom: string | null;
}

export interface GuestTable {
  realm_id: string;
  account_id: string;
  secret_hash: string | null;
  seen_at: number;
}

export interface PendingRegistrationTable {
  realm_id: string;
  mount: string;
  normalized_email: string;
  display_email: string;
  normalized_username: string | null;
  display_username: string | null;
  fullname: string | null;
  language: string;
  password_hash: string | null;
  guest_id: string | null;
  link_hash: string | null;
  is_decoy: number;
  sent_digest: string;
  created_at: number;
  expires_at: number;
}

export interface OneTimeCodeTable {
  realm_id: string;
  subject: string;
  purpose: string;
  account_id: string | null;
  /** Null for a decoy, which nothing fits. */
  code_hash: string | null;
  tries: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface SendingBudgetTable {
  realm_id: string;
  subject: string;
  last_at: number;
  hour_began_at: number;
  hour_used: number;
  day_began_at: number;
  day_used: number;
}

export interface HandoffTable {
  realm_id: string;
  handoff_id: string;
  mount: string;
  token_hash: string;
  sealed_token: string;
  browser_hash: string;
  redirect_uri: string;
  client_state: string | null;
  code_challenge: string | null;
  language: string;
  provider: string | null;
  /** Null once the browser came back with it. */
  provider_state_hash: string | null;
  sealed_provider: string | null;
  account_id: string | null;
  created_at: number;
  expires_at: number;
  bound_at: number | null;
  used_at: number | null;
  session_id: string | null;
}

export interface MessageTable {
  realm_id: string;
  message_id: string;
  channel: string;
  /** Where its next attempt goes, or its last one went; empty where there is only one way, and before the first. */
  gateway: string;
  account_id: string | null;
  kind: string;
  language: string;
  /** Recipient and letter; holds nothing once it was sent or dropped. */
  sealed: string;
  state: string;
  /** How often it was leased. */
  attempts: number;
  unknown_outcomes: number;
  /** Who holds it from a lease until its outcome is told; else empty. */
  owner: string;
  /** When it may be taken; while it is held, when the lease runs out. */
  due_at: number;
  created_at: number;
  expires_at: number;
  finished_at: number | null;
  error: string;
}

export interface ApiKeyTable {
  realm_id: string;
  api_key_id: string;
  key_hash: string;
  name: string;
  policy: string;
  is_development: number;
  created_at: number;
  expires_at: number | null;
  disabled_at: number | null;
}

export interface ApiKeySecretTable {
  realm_id: string;
  secret_id: string;
  api_key_id: string;
  sealed_secret: string;
  created_at: number;
  expires_at: number | null;
}

export interface IdentityProviderTable {
  realm_id: string;
  name: string;
  sealed_configuration: string;
  created_at: number;
  disabled_at: number | null;
}

export interface DisclaimerTable {
  realm_id: string;
  code: string;
  version: string;
  titles: string;
  url: string;
  required_from: number;
  created_at: number;
}

export interface DisclaimerAcceptanceTable {
  realm_id: string;
  account_id: string;
  code: string;
  version: string;
  language: string;
  accepted_at: number;
  request_id: string;
}

export interface PendingSessionTable {
  realm_id: string;
  sign_in_id: string;
  token_hash: string;
  api_key_id: string;
  state: string;
  account_id: string | null;
  sealed_memory: string;
  failures: number;
  /** When its last try was counted; taken back with the try. Apart from `ended_at`, which nothing takes back. */
  spent_at: number | null;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
}

/** The head of an account's factors: what has to be decided one after another locks it. */
export interface SecondFactorTable {
  realm_id: string;
  account_id: string;
  is_on: number;
  changed_at: number | null;
}

export interface BackupCodeTable {
  realm_id: string;
  account_id: string;
  slot: string;
  hash: string;
  created_at: number;
  used_at: number | null;
}

export interface MemorableWordTable {
  realm_id: string;
  account_id: string;
  sealed_words: string;
  set_at: number;
}

export interface MemorableChallengeTable {
  realm_id: string;
  subject: string;
  positions: string;
  drawn_at: number;
}

export interface ControlQuestionTable {
  realm_id: string;
  account_id: string;
  sealed_question: string;
  answer_hash: string;
  set_at: number;
}

export interface SingleUseTable {
  realm_id: string;
  purpose: string;
  value_hash: string;
  expires_at: number;
}

export interface EntryTable {
  realm_id: string;
  entry_id: string;
  account_id: string;
  client: string;
  type: string;
  details: string;
  /** What no two of one account share. */
  unique_key: string;
  created_at: number;
}

export interface AuditEventTable {
  realm_id: string;
  event_id: string;
  at: number;
  kind: string;
  account_id: string | null;
  mount: string;
  request_id: string;
  address: string;
  user_agent: string;
  details: string;
}

export interface FailureRecordTable {
  realm_id: string;
  request_id: string;
  at: number;
  expires_at: number;
  mount: string;
  method: string;
  route: string;
  status: number;
  told: string;
  reason: string;
  details: string;
  account_id: string | null;
  address: string;
  node: string;
}

export interface JobTable {
  /** Always empty: jobs belong to the installation, not to a realm. */
  realm_id: string;
  name: string;
  owner: string;
  leased_until: number;
  started_at: number;
  finished_at: number | null;
  done: number;
  error: string;
}
