import { instant, instantOrNull, integer, longText, longTextOrNull, text, textOrNull, type Step } from "./schema.js";

const realm = text("realm_id", 64);
const account = text("account_id", 64);
const accountOrNull = textOrNull("account_id", 64);
const apiKey = text("api_key_id", 64);
const language = text("language", 64);

/** API keys and their secrets, identity providers of realms, disclaimers, sessions under way, factors, values good once, entries. */
export const clientApplications: Step = async (schema) => {
  await schema.createTable({
    name: "api_key",
    columns: [
      realm,
      apiKey,
      text("key_hash", 64),
      text("name", 200),
      longText("policy"),
      integer("is_development"),
      instant("created_at"),
      instantOrNull("expires_at"),
      instantOrNull("disabled_at"),
    ],
    primaryKey: ["realm_id", "api_key_id"],
    unique: [["realm_id", "key_hash"]],
  });
  await schema.createTable({
    name: "api_key_secret",
    columns: [
      realm,
      text("secret_id", 64),
      apiKey,
      longText("sealed_secret"),
      instant("created_at"),
      instantOrNull("expires_at"),
    ],
    primaryKey: ["realm_id", "secret_id"],
    indexes: [["realm_id", "api_key_id"]],
  });
  await schema.createTable({
    name: "identity_provider",
    columns: [
      realm,
      text("name", 64),
      longText("sealed_configuration"),
      instant("created_at"),
      instantOrNull("disabled_at"),
    ],
    primaryKey: ["realm_id", "name"],
  });
  await schema.createTable({
    name: "disclaimer",
    columns: [
      realm,
      text("code", 64),
      text("version", 64),
      longText("titles"),
      text("url", 2048),
      instant("required_from"),
      instant("created_at"),
    ],
    primaryKey: ["realm_id", "code", "version"],
  });
  await schema.createTable({
    name: "disclaimer_acceptance",
    columns: [
      realm,
      account,
      text("code", 64),
      text("version", 64),
      language,
      instant("accepted_at"),
      text("request_id", 128),
    ],
    primaryKey: ["realm_id", "account_id", "code", "version"],
  });
  await schema.createTable({
    name: "pending_session",
    columns: [
      realm,
      text("sign_in_id", 64),
      text("token_hash", 64),
      apiKey,
      text("state", 32),
      accountOrNull,
      longText("sealed_memory"),
      integer("failures"),
      instantOrNull("spent_at"),
      instant("created_at"),
      instant("expires_at"),
      instantOrNull("ended_at"),
    ],
    primaryKey: ["realm_id", "sign_in_id"],
    unique: [["realm_id", "token_hash"]],
    indexes: [
      ["realm_id", "account_id"],
      ["realm_id", "expires_at"],
    ],
  });
  await schema.createTable({
    name: "second_factor",
    columns: [realm, account, integer("is_on"), instantOrNull("changed_at")],
    primaryKey: ["realm_id", "account_id"],
  });
  await schema.createTable({
    name: "backup_code",
    columns: [realm, account, text("slot", 8), text("hash", 1000), instant("created_at"), instantOrNull("used_at")],
    primaryKey: ["realm_id", "account_id", "slot"],
  });
  await schema.createTable({
    name: "memorable_word",
    columns: [realm, account, longText("sealed_words"), instant("set_at")],
    primaryKey: ["realm_id", "account_id"],
  });
  await schema.createTable({
    name: "memorable_challenge",
    columns: [realm, text("subject", 128), text("positions", 64), instant("drawn_at")],
    primaryKey: ["realm_id", "subject"],
    indexes: [["realm_id", "drawn_at"]],
  });
  await schema.createTable({
    name: "control_question",
    columns: [realm, account, longText("sealed_question"), text("answer_hash", 1000), instant("set_at")],
    primaryKey: ["realm_id", "account_id"],
  });
  await schema.createTable({
    name: "single_use",
    columns: [realm, text("purpose", 32), text("value_hash", 64), instant("expires_at")],
    primaryKey: ["realm_id", "purpose", "value_hash"],
    indexes: [["realm_id", "expires_at"]],
  });
  await schema.createTable({
    name: "entry",
    columns: [
      realm,
      text("entry_id", 64),
      account,
      text("client", 64),
      text("type", 16),
      longText("details"),
      text("unique_key", 64),
      instant("created_at"),
    ],
    primaryKey: ["realm_id", "entry_id"],
    unique: [["realm_id", "account_id", "unique_key"]],
    indexes: [["realm_id", "account_id", "created_at"]],
  });
  await schema.addColumn("session", textOrNull("api_key_id", 64));
  await schema.addColumn("message", text("channel", 8), "mail");
  await schema.addColumn("message", text("gateway", 64), "");
  await schema.addColumn("profile", textOrNull("first_name", 150));
  await schema.addColumn("profile", textOrNull("last_name", 150));
  await schema.addColumn("profile", textOrNull("gender", 64));
  await schema.addColumn("profile", longTextOrNull("custom"));
  // The one index that does not begin with the realm: workers take what is due in any of them.
  await schema.addIndex("message_due", "message", ["state", "channel", "due_at"]);
};
