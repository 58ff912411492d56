import { instant, instantOrNull, integer, longText, longTextOrNull, text, textOrNull, type Step } from "./schema.js";

const realm = text("realm_id", 64);
const account = text("account_id", 64);
const mount = text("mount", 64);
const address = text("address", 64);
const userAgent = text("user_agent", 512);
const requestId = text("request_id", 128);

/** Realms, accounts, identifiers, factors, sessions, limits, records and jobs. No foreign keys: their checks lock the account's row. */
export const accounts: Step = async (schema) => {
  await schema.createTable({
    name: "realm",
    columns: [realm, instant("created_at")],
    primaryKey: ["realm_id"],
  });
  await schema.createTable({
    name: "account",
    columns: [
      realm,
      account,
      text("status", 16),
      textOrNull("status_reason", 1000),
      text("language", 64),
      instant("created_at"),
      instantOrNull("last_sign_in_at"),
      instantOrNull("password_changed_at"),
      instantOrNull("deleted_at"),
    ],
    primaryKey: ["realm_id", "account_id"],
    indexes: [
      ["realm_id", "created_at"],
      ["realm_id", "deleted_at"],
    ],
  });
  await schema.createTable({
    name: "identifier",
    columns: [
      realm,
      text("identifier_id", 64),
      account,
      text("kind", 32),
      text("display_value", 320),
      text("normalized_value", 320),
      instantOrNull("proven_at"),
      mount,
      integer("is_primary"),
      textOrNull("live_key", 480),
      instant("created_at"),
    ],
    primaryKey: ["realm_id", "identifier_id"],
    unique: [["realm_id", "live_key"]],
    indexes: [
      ["realm_id", "account_id"],
      ["realm_id", "normalized_value"],
    ],
  });
  await schema.createTable({
    name: "password",
    columns: [realm, account, text("hash", 1000), instant("set_at")],
    primaryKey: ["realm_id", "account_id"],
  });
  await schema.createTable({
    name: "session",
    columns: [
      realm,
      text("session_id", 64),
      account,
      mount,
      instant("created_at"),
      instant("expires_at"),
      instant("last_used_at"),
      instantOrNull("ended_at"),
      textOrNull("end_reason", 32),
      address,
      userAgent,
      integer("rotates"),
      text("current_refresh", 64),
      textOrNull("previous_refresh", 64),
      instantOrNull("rotated_at"),
      longTextOrNull("sealed_successor"),
    ],
    primaryKey: ["realm_id", "session_id"],
    indexes: [
      ["realm_id", "account_id"],
      ["realm_id", "expires_at"],
      ["realm_id", "ended_at"],
    ],
  });
  await schema.createTable({
    name: "signing_key",
    columns: [
      realm,
      text("key_id", 64),
      text("algorithm", 16),
      longText("public_jwk"),
      longText("sealed_private_jwk"),
      instant("created_at"),
      instant("active_at"),
      instantOrNull("retired_at"),
      instantOrNull("expires_at"),
    ],
    primaryKey: ["realm_id", "key_id"],
  });
  await schema.createTable({
    name: "attempt_budget",
    columns: [
      realm,
      text("subject", 128),
      integer("used"),
      integer("failed_in_row"),
      instant("last_at"),
      integer("is_disabled"),
    ],
    primaryKey: ["realm_id", "subject"],
    indexes: [["realm_id", "is_disabled", "last_at"]],
  });
  await schema.createTable({
    name: "address_window",
    columns: [realm, text("window_key", 256), integer("used"), instant("began_at")],
    primaryKey: ["realm_id", "window_key"],
    indexes: [["realm_id", "began_at"]],
  });
  await schema.createTable({
    name: "known_device",
    columns: [realm, account, text("device", 128), instant("seen_at")],
    primaryKey: ["realm_id", "account_id", "device"],
    indexes: [["realm_id", "seen_at"]],
  });
  await schema.createTable({
    name: "account_link",
    columns: [
      realm,
      text("token_hash", 64),
      text("purpose", 32),
      account,
      instant("created_at"),
      instant("expires_at"),
      instantOrNull("used_at"),
    ],
    primaryKey: ["realm_id", "token_hash"],
    unique: [["realm_id", "account_id", "purpose"]],
    indexes: [["realm_id", "expires_at"]],
  });
  await schema.createTable({
    name: "audit_event",
    columns: [
      realm,
      text("event_id", 64),
      instant("at"),
      text("kind", 32),
      textOrNull("account_id", 64),
      mount,
      requestId,
      address,
      userAgent,
      longText("details"),
    ],
    primaryKey: ["realm_id", "event_id"],
    indexes: [
      ["realm_id", "at"],
      ["realm_id", "account_id", "at"],
      ["realm_id", "request_id"],
    ],
  });
  await schema.createTable({
    name: "failure_record",
    columns: [
      realm,
      requestId,
      instant("at"),
      instant("expires_at"),
      mount,
      text("method", 16),
      text("route", 256),
      integer("status"),
      longText("told"),
      text("reason", 64),
      longText("details"),
      textOrNull("account_id", 64),
      address,
      text("node", 128),
    ],
    primaryKey: ["realm_id", "request_id"],
    indexes: [
      ["realm_id", "expires_at"],
      ["realm_id", "account_id"],
    ],
  });
  await schema.createTable({
    name: "job",
    columns: [
      realm,
      text("name", 64),
      text("owner", 128),
      instant("leased_until"),
      instant("started_at"),
      instantOrNull("finished_at"),
      instant("done"),
      longText("error"),
    ],
    primaryKey: ["realm_id", "name"],
  });
  await schema.run(
    "insert into realm (realm_id, created_at) select 'default', 0 from (select 1 as one) as source where not exists (select 1 from realm where realm_id = 'default')",
  );
};
