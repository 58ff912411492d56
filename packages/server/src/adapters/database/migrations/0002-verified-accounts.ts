import { instant, instantOrNull, integer, longText, longTextOrNull, text, textOrNull, type Step } from "./schema.js";

const realm = text("realm_id", 64);
const account = text("account_id", 64);
const accountOrNull = textOrNull("account_id", 64);
const mount = text("mount", 64);
const language = text("language", 64);

/** Profiles, guests, registrations that wait, one-time codes, hand-offs and messages on their way. */
export const verifiedAccounts: Step = async (schema) => {
  await schema.createTable({
    name: "profile",
    columns: [
      realm,
      account,
      textOrNull("fullname", 150),
      textOrNull("phone", 32),
      textOrNull("avatar_url", 2048),
      textOrNull("birth_date", 10),
    ],
    primaryKey: ["realm_id", "account_id"],
  });
  await schema.createTable({
    name: "guest",
    columns: [realm, account, textOrNull("secret_hash", 64), instant("seen_at")],
    primaryKey: ["realm_id", "account_id"],
    indexes: [["realm_id", "seen_at"]],
  });
  await schema.createTable({
    name: "pending_registration",
    columns: [
      realm,
      mount,
      text("normalized_email", 320),
      text("display_email", 320),
      textOrNull("normalized_username", 320),
      textOrNull("display_username", 320),
      textOrNull("fullname", 150),
      language,
      textOrNull("password_hash", 1000),
      textOrNull("guest_id", 64),
      textOrNull("link_hash", 64),
      integer("is_decoy"),
      text("sent_digest", 64),
      instant("created_at"),
      instant("expires_at"),
    ],
    primaryKey: ["realm_id", "normalized_email", "mount"],
    unique: [["realm_id", "link_hash"]],
    indexes: [
      ["realm_id", "expires_at"],
      ["realm_id", "guest_id"],
    ],
  });
  await schema.createTable({
    name: "one_time_code",
    columns: [
      realm,
      text("subject", 64),
      text("purpose", 32),
      accountOrNull,
      textOrNull("code_hash", 64),
      integer("tries"),
      instant("created_at"),
      instant("expires_at"),
      instantOrNull("used_at"),
    ],
    primaryKey: ["realm_id", "subject"],
    indexes: [
      ["realm_id", "expires_at"],
      ["realm_id", "account_id"],
    ],
  });
  await schema.createTable({
    name: "sending_budget",
    columns: [
      realm,
      text("subject", 64),
      instant("last_at"),
      instant("hour_began_at"),
      integer("hour_used"),
      instant("day_began_at"),
      integer("day_used"),
    ],
    primaryKey: ["realm_id", "subject"],
    indexes: [["realm_id", "last_at"]],
  });
  await schema.createTable({
    name: "handoff",
    columns: [
      realm,
      text("handoff_id", 64),
      mount,
      text("token_hash", 64),
      longText("sealed_token"),
      text("browser_hash", 64),
      text("redirect_uri", 2048),
      longTextOrNull("client_state"),
      textOrNull("code_challenge", 128),
      language,
      textOrNull("provider", 64),
      textOrNull("provider_state_hash", 64),
      longTextOrNull("sealed_provider"),
      accountOrNull,
      instant("created_at"),
      instant("expires_at"),
      instantOrNull("bound_at"),
      instantOrNull("used_at"),
      textOrNull("session_id", 64),
    ],
    primaryKey: ["realm_id", "handoff_id"],
    unique: [
      ["realm_id", "token_hash"],
      ["realm_id", "provider_state_hash"],
    ],
    indexes: [
      ["realm_id", "expires_at"],
      ["realm_id", "account_id"],
    ],
  });
  await schema.createTable({
    name: "message",
    columns: [
      realm,
      text("message_id", 64),
      accountOrNull,
      text("kind", 32),
      language,
      longText("sealed"),
      text("state", 16),
      integer("attempts"),
      integer("unknown_outcomes"),
      text("owner", 128),
      instant("due_at"),
      instant("created_at"),
      instant("expires_at"),
      instantOrNull("finished_at"),
      longText("error"),
    ],
    primaryKey: ["realm_id", "message_id"],
    indexes: [
      ["realm_id", "state", "due_at"],
      ["realm_id", "state", "finished_at"],
      ["realm_id", "account_id"],
    ],
  });
};
