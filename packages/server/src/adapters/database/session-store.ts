import { sql, type CompiledQuery, type Kysely, type Selectable } from "kysely";
import type { AccountId, ApiKeyId, Instant, RefreshId, SessionId } from "#core/ids.js";
import type { Session, SessionEnd } from "#core/sessions/session.js";
import type { Rotation, SessionStore } from "#core/sessions/session-store.js";
import { accountColumns, accountOf, identifierColumns, identifiersOf } from "./account-rows.js";
import type { DialectTraits } from "./engines/engine.js";
import { insertRow } from "./insert-row.js";
import { changed, prepared } from "./prepared.js";
import { purgeRows } from "./purge-rows.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";
import type { SessionTable, Tables } from "./tables.js";

export const sessionStore = (context: StoreContext): SessionStore => {
  const { db, realmId } = context;
  const liveSessionsOf = (accountId: AccountId) =>
    db
      .updateTable("session")
      .where("realm_id", "=", realmId)
      .where("account_id", "=", accountId)
      .where("ended_at", "is", null);
  return {
    async insert(session) {
      await insertRow(context, "session", {
        realm_id: realmId,
        session_id: session.id,
        account_id: session.accountId,
        mount: session.mount,
        api_key_id: session.clientId ?? null,
        created_at: session.createdAt,
        expires_at: session.expiresAt,
        last_used_at: session.lastUsedAt,
        ended_at: session.endedAt ?? null,
        end_reason: session.endReason ?? null,
        address: session.address,
        user_agent: session.userAgent,
        rotates: session.refresh.rotates ? 1 : 0,
        current_refresh: session.refresh.current,
        previous_refresh: session.refresh.previous ?? null,
        rotated_at: session.refresh.rotatedAt ?? null,
        sealed_successor: session.refresh.sealedSuccessor ?? null,
      });
    },
    async find(id) {
      const rows = await readSession(context, id);
      const [first] = rows;
      if (first === undefined) return undefined;
      return { session: sessionOf(first), account: accountOf(first), identifiers: identifiersOf(rows) };
    },
    touch: async (id, refreshId, at) => changed(await touchLive(context, { realmId, id, refreshId, at })) === 1,
    rotate: async (id, rotation) => changed(await rotateLive(context, { realmId, id, ...rotation })) === 1,
    async end(id, at, reason) {
      return affected(await live(db, { realmId, id }).set({ ended_at: at, end_reason: reason }).execute()) === 1;
    },
    async endAll(accountId, at, reason) {
      return affected(await liveSessionsOf(accountId).set({ ended_at: at, end_reason: reason }).execute());
    },
    async endOthers(accountId, kept, at, reason) {
      const others = liveSessionsOf(accountId).where("session_id", "!=", kept);
      return affected(await others.set({ ended_at: at, end_reason: reason }).execute());
    },
    async endAllOnMount(accountId, mount, at, reason) {
      return affected(
        await liveSessionsOf(accountId).where("mount", "=", mount).set({ ended_at: at, end_reason: reason }).execute(),
      );
    },
    endOldest: (accountId, mount, kept, at, reason) =>
      context.atomically((bound) => endOldest(bound, { accountId, mount, kept, at, reason })),
    async listOf(accountId) {
      const rows = await db
        .selectFrom("session")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .orderBy("created_at", "desc")
        .orderBy("session_id", "desc")
        .execute();
      return rows.map(sessionOf);
    },
    async purge(before, limit) {
      const drop = (at: "expires_at" | "ended_at", atMost: number): Promise<number> =>
        purgeRows(context, { table: "session", key: "session_id", at, before, limit: atMost });
      const expired = await drop("expires_at", limit);
      return expired < limit ? expired + (await drop("ended_at", limit - expired)) : expired;
    },
  };
};

interface Live {
  readonly realmId: string;
  readonly id: string;
}

const live = (db: Kysely<Tables>, { realmId, id }: Live) =>
  db.updateTable("session").where("realm_id", "=", realmId).where("session_id", "=", id).where("ended_at", "is", null);

const touchLive = prepared((db, values: Live & { readonly refreshId: string; readonly at: number }) =>
  live(db, values)
    .where("current_refresh", "=", values.refreshId)
    .set((row) => ({
      last_used_at: row
        .case()
        .when("last_used_at", ">", values.at)
        .then(row.ref("last_used_at"))
        .else(row.val(values.at))
        .end(),
    })),
);

const rotateLive = prepared((db, values: Live & Rotation) =>
  live(db, values).where("current_refresh", "=", values.from).set({
    previous_refresh: values.from,
    current_refresh: values.to,
    rotated_at: values.at,
    last_used_at: values.at,
    sealed_successor: values.sealedSuccessor,
  }),
);

interface Surplus {
  readonly accountId: AccountId;
  readonly mount: string;
  readonly kept: number;
  readonly at: Instant;
  readonly reason: SessionEnd;
}

/** Which ones are too many is decided by one after another: several at once do not see each other's sessions yet. */
const endOldest = async ({ db, realmId }: StoreContext, surplus: Surplus): Promise<number> => {
  const { accountId, mount, kept, at, reason } = surplus;
  await db
    .updateTable("account")
    .set({ account_id: accountId })
    .where("realm_id", "=", realmId)
    .where("account_id", "=", accountId)
    .execute();
  const newestFirst = await db
    .selectFrom("session")
    .select("session_id")
    .where("realm_id", "=", realmId)
    .where("account_id", "=", accountId)
    .where("mount", "=", mount)
    .where("ended_at", "is", null)
    .where("expires_at", ">", at)
    .orderBy("created_at", "desc")
    .orderBy("session_id", "desc")
    .execute();
  const oldest = newestFirst.slice(kept).map(({ session_id }) => session_id);
  if (oldest.length === 0) return 0;
  const results = await db
    .updateTable("session")
    .set({ ended_at: at, end_reason: reason })
    .where("realm_id", "=", realmId)
    .where("session_id", "in", oldest)
    .where("ended_at", "is", null)
    .execute();
  return affected(results);
};

const sessionColumns = [
  "session.session_id",
  "session.mount",
  "session.api_key_id",
  "session.created_at",
  "session.expires_at",
  "session.last_used_at",
  "session.ended_at",
  "session.end_reason",
  "session.address",
  "session.user_agent",
  "session.rotates",
  "session.current_refresh",
  "session.previous_refresh",
  "session.rotated_at",
  "session.sealed_successor",
] as const;

const joined = (db: Kysely<Tables>) =>
  db
    .selectFrom("session")
    .innerJoin("account", (join) =>
      join.onRef("account.realm_id", "=", "session.realm_id").onRef("account.account_id", "=", "session.account_id"),
    )
    .leftJoin("identifier", (join) =>
      join
        .onRef("identifier.realm_id", "=", "session.realm_id")
        .onRef("identifier.account_id", "=", "session.account_id"),
    )
    .where("session.realm_id", "=", "")
    .where("session.session_id", "=", "");

const asColumns = (db: Kysely<Tables>) =>
  joined(db)
    .select([...sessionColumns, ...accountColumns, ...identifierColumns])
    .compile();

/** Measured on SQLite: crossing into JavaScript once a row instead of once a value halves the read. */
const asJson = (db: Kysely<Tables>) => {
  const pairs = [...sessionColumns, ...accountColumns, ...identifierColumns].map((column) => {
    const [path = "", name = path.slice(path.indexOf(".") + 1)] = column.split(" as ");
    return `'${name}', ${path}`;
  });
  return joined(db)
    .select(sql<string>`json_object(${sql.raw(pairs.join(", "))})`.as("packed"))
    .compile();
};

type FoundRow = ReturnType<typeof asColumns> extends CompiledQuery<infer Row> ? Row : never;
type PackedRow = { readonly packed: string };
type FoundQuery = CompiledQuery<FoundRow | PackedRow>;

const compiledFinds = new WeakMap<DialectTraits, FoundQuery>();

/** The read behind every authenticated request: compiled once for an engine, then only its two parameters change. */
const readSession = async ({ db, dialect, realmId }: StoreContext, id: SessionId): Promise<readonly FoundRow[]> => {
  const compiled: FoundQuery = compiledFinds.get(dialect) ?? (dialect.prefersPackedRows ? asJson(db) : asColumns(db));
  compiledFinds.set(dialect, compiled);
  const { rows } = await db.executeQuery<FoundRow | PackedRow>({ ...compiled, parameters: [realmId, id] });
  // Packed by `asJson` under the names of the same columns.
  return rows.map((row) => ("packed" in row ? (JSON.parse(row.packed) as FoundRow) : row));
};

// Ids and the reason were written by this store, from these types.
const sessionOf = (row: Omit<Selectable<SessionTable>, "realm_id">): Session => ({
  id: row.session_id as SessionId,
  accountId: row.account_id as AccountId,
  mount: row.mount,
  clientId: row.api_key_id === null ? undefined : (row.api_key_id as ApiKeyId),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  endedAt: orUndefined(row.ended_at),
  endReason: row.end_reason === null ? undefined : (row.end_reason as SessionEnd),
  address: row.address,
  userAgent: row.user_agent,
  refresh: {
    rotates: row.rotates === 1,
    current: row.current_refresh as RefreshId,
    previous: row.previous_refresh === null ? undefined : (row.previous_refresh as RefreshId),
    rotatedAt: orUndefined(row.rotated_at),
    sealedSuccessor: orUndefined(row.sealed_successor),
  },
});
