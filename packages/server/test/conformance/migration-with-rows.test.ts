import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { Migrator } from "kysely";
import { engines } from "#adapters/database/engines/all.js";
import { steps } from "#adapters/database/migrations/all.js";
import { migrationOf } from "#adapters/database/migrations/schema.js";
import { emptyProfile } from "#core/accounts/profile.js";
import { defaultRealm } from "#core/ids.js";
import { parseDatabaseUrl } from "#settings/database-url.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { countRows, readRows } from "../engines/read-rows.js";
import { givenAccount, givenApiKey, givenMessage, givenSession, givenSignIn, now } from "./given-rows.js";
import { openByUrl, storeSecrets } from "./open-stores.js";

const older = ["0001-accounts", "0002-verified-accounts"];

/** Brings an empty database to the schema of the version before client applications. */
const migrateToOlder = async (url: string): Promise<void> => {
  const location = parseDatabaseUrl(url);
  if (typeof location === "string") throw new Error(location);
  const engine = await engines[location.engine].open({
    address: location.engine === "sqlite" ? location.path : location.url,
    connections: 2,
  });
  const db = await engine.openForMigrations();
  try {
    const types = engine.dialect.columns;
    const known = Object.entries(steps).filter(([name]) => older.includes(name));
    const migrations = Object.fromEntries(known.map(([name, step]) => [name, migrationOf(step, types)]));
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    assert.equal(error, undefined);
  } finally {
    await db.destroy();
    await engine.close();
  }
};

const inserted = (table: string, row: Readonly<Record<string, string | number | null>>): string => {
  const values = Object.values(row).map((value) => (typeof value === "string" ? `'${value}'` : String(value)));
  return `insert into ${table} (${Object.keys(row).join(", ")}) values (${values.join(", ")})`;
};

describeOnEveryEngine("migration of a database with rows", (engine) => {
  const account = givenAccount();
  const session = givenSession(account.id);
  const message = givenMessage({ accountId: account.id });
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await engine.freshDatabase();
    await migrateToOlder(fresh.url);
    const { to, letter } = message;
    for (const statement of [
      inserted("account", {
        realm_id: "default",
        account_id: account.id,
        status: "active",
        language: "en",
        created_at: now,
      }),
      inserted("profile", { realm_id: "default", account_id: account.id, fullname: "Ada Lovelace" }),
      inserted("session", {
        realm_id: "default",
        session_id: session.id,
        account_id: account.id,
        mount: session.mount,
        created_at: now,
        expires_at: session.expiresAt,
        last_used_at: now,
        address: session.address,
        user_agent: session.userAgent,
        rotates: 1,
        current_refresh: session.refresh.current,
      }),
      inserted("message", {
        realm_id: "default",
        message_id: message.id,
        account_id: account.id,
        kind: letter.kind,
        language: message.language,
        sealed: storeSecrets.seal("message", message.id, JSON.stringify({ to, letter })),
        state: "waiting",
        attempts: 0,
        unknown_outcomes: 0,
        owner: "",
        due_at: now,
        created_at: now,
        expires_at: message.expiresAt,
        error: "",
      }),
    ])
      await readRows(fresh.url, statement);
  });
  after(() => fresh.drop());

  it("keeps every row, whose new columns say what was so", async () => {
    const database = await openByUrl(fresh.url);
    try {
      assert.equal(await database.check(), "migrations pending");
      assert.deepEqual(await database.migrate(), ["0003-client-applications"]);
      assert.equal(await database.check(), "ok");
      const { stores } = database.forRealm(defaultRealm);
      assert.deepEqual(await stores.sessions.find(session.id), { session, account, identifiers: [] });
      assert.deepEqual(await stores.profiles.find(account.id), { ...emptyProfile, fullname: "Ada Lovelace" });
      assert.deepEqual(await database.realms.list(), [{ id: "default", createdAt: 0 }]);
      const lease = { owner: "one", gateway: "", now, leasedUntil: now + 100, limit: 10 } as const;
      assert.deepEqual(await database.outbox.lease({ ...lease, channel: "sms" }), []);
      assert.deepEqual(await database.outbox.lease({ ...lease, channel: "mail" }), [
        { ...message, realmId: defaultRealm, attempt: 1, gateway: "", mayHaveArrived: false },
      ]);
    } finally {
      await database.close();
    }
  });

  it("lets a node of the version before go on while others are migrated already", async () => {
    const other = givenMessage();
    const columns =
      "realm_id, message_id, account_id, kind, language, sealed, state, attempts, unknown_outcomes, owner";
    const times = "due_at, created_at, expires_at, finished_at, error";
    await readRows(
      fresh.url,
      `insert into message (${columns}, ${times})
        select realm_id, '${other.id}', account_id, kind, language, sealed, state, 0, 0, '', ${times}
        from message where message_id = '${message.id}'`,
    );
    assert.equal(await countRows(fresh.url, "message", `message_id = '${other.id}' and channel = 'mail'`), 1);
    await readRows(
      fresh.url,
      `update profile set fullname = 'Augusta' where account_id = '${account.id}' and first_name is null`,
    );
  });

  it("runs again, whole, where its end was not recorded", async () => {
    const key = givenApiKey();
    const signIn = givenSignIn();
    const database = await openByUrl(fresh.url);
    try {
      const { stores } = database.forRealm(defaultRealm);
      await stores.apiKeys.insert(key);
      await stores.pendingSessions.insert(signIn);
      await readRows(fresh.url, "delete from kysely_migration where name = '0003-client-applications'");
      const again = await openByUrl(fresh.url);
      assert.deepEqual(await again.migrate(), ["0003-client-applications"]);
      await again.close();
      assert.deepEqual(await stores.apiKeys.find(key.id), key);
      assert.deepEqual(await stores.pendingSessions.find(signIn.tokenHash), signIn);
      assert.deepEqual((await stores.sessions.find(session.id))?.session, session);
    } finally {
      await database.close();
    }
  });
});
