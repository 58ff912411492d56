import { type Compilable, type Kysely, sql } from "kysely";
import type { AccountStore, AccountWithIdentifiers } from "#core/accounts/account-store.js";
import { type AccountId, defaultRealm } from "#core/ids.js";
import {
  accountColumns,
  accountOf,
  identifierColumns,
  identifierOf,
  identifiersOf,
  type AccountRow,
  type IdentifierRow,
} from "./account-rows.js";
import { insertIfAbsent, insertRow, trueUnlessTaken } from "./insert-row.js";
import { changed, type Prepared, prepared } from "./prepared.js";
import { affected, type StoreContext } from "./store-context.js";
import type { Tables } from "./tables.js";

/** Above every text that begins with a prefix, since engines compare by code point. */
const highest = "\u{10ffff}";

export const accountStore = (context: StoreContext): AccountStore => {
  const { db, dialect, realmId } = context;
  const accountsWithIdentifiers = () =>
    db
      .selectFrom("account")
      .leftJoin("identifier", (join) =>
        join
          .onRef("identifier.realm_id", "=", "account.realm_id")
          .onRef("identifier.account_id", "=", "account.account_id"),
      )
      .select([...accountColumns, ...identifierColumns])
      .where("account.realm_id", "=", realmId);
  return {
    async insert(account) {
      await insertRow(context, "account", {
        realm_id: realmId,
        account_id: account.id,
        status: account.status,
        status_reason: account.statusReason ?? null,
        language: account.language,
        created_at: account.createdAt,
        last_sign_in_at: account.lastSignInAt ?? null,
        password_changed_at: account.passwordChangedAt ?? null,
        deleted_at: account.deletedAt ?? null,
      });
    },
    claim: (identifier) =>
      insertIfAbsent(context, "identifier", {
        realm_id: realmId,
        identifier_id: identifier.id,
        account_id: identifier.accountId,
        kind: identifier.kind,
        display_value: identifier.displayValue,
        normalized_value: identifier.normalizedValue,
        proven_at: identifier.provenAt ?? null,
        mount: identifier.mount,
        is_primary: identifier.isPrimary ? 1 : 0,
        live_key: identifier.liveKey ?? null,
        created_at: identifier.createdAt,
      }),
    async findByLiveKeys(liveKeys) {
      if (liveKeys.length === 0) return [];
      const { rows } = await findHolders(liveKeys.length)(context, { realmId, ...liveKeys });
      return liveKeys.flatMap((liveKey) =>
        rows.flatMap((row) => {
          const identifier = identifierOf(row);
          return identifier?.liveKey === liveKey
            ? [
                {
                  account: accountOf(row),
                  passwordHash: row.hash ?? undefined,
                  hasSecondFactor: row.is_on === 1,
                  identifier,
                },
              ]
            : [];
        }),
      );
    },
    async unprovenEmails(normalizedEmail) {
      const rows = await db
        .selectFrom("identifier")
        .select(["identifier.account_id", ...identifierColumns])
        .where("realm_id", "=", realmId)
        .where("normalized_value", "=", normalizedEmail)
        .where("kind", "=", "email")
        .where("proven_at", "is", null)
        .where("live_key", "is not", null)
        .execute();
      return identifiersOf(rows);
    },
    async heldLiveKeys(liveKeys) {
      if (liveKeys.length === 0) return new Set();
      const rows = await db
        .selectFrom("identifier")
        .select("live_key")
        .where("realm_id", "=", realmId)
        .where("live_key", "in", liveKeys)
        .execute();
      return new Set(rows.flatMap(({ live_key }) => (live_key === null ? [] : [live_key])));
    },
    async find(id) {
      const rows = await accountsWithIdentifiers().where("account.account_id", "=", id).execute();
      const [first] = rows;
      return first === undefined ? undefined : { account: accountOf(first), identifiers: identifiersOf(rows) };
    },
    async search(prefix, limit) {
      const found = await db
        .selectFrom("account")
        .select("account.account_id")
        .where("account.realm_id", "=", realmId)
        // Not as a condition on each account: SQLite would walk through the whole range of the prefix for each of them.
        .where(
          "account.account_id",
          "in",
          db
            .selectFrom("identifier")
            .select("identifier.account_id")
            .where("identifier.realm_id", "=", realmId)
            .where("identifier.normalized_value", ">=", prefix)
            .where("identifier.normalized_value", "<=", prefix + highest),
        )
        .orderBy("account.created_at", "desc")
        .orderBy("account.account_id", "desc")
        .limit(limit)
        .execute();
      if (found.length === 0) return [];
      const ids = found.map(({ account_id }) => account_id);
      const rows = await accountsWithIdentifiers().where("account.account_id", "in", ids).execute();
      return ids.flatMap((id) => accountIn(rows, id));
    },
    async recordSignIn({ id, passwordChangedAt }, at) {
      const values = { realmId, id, at };
      if (passwordChangedAt === undefined) return changed(await recordWithoutPassword(context, values)) === 1;
      return changed(await recordWithPassword(context, { ...values, passwordChangedAt })) === 1;
    },
    async changeLanguage(id, language) {
      await db
        .updateTable("account")
        .set({ language })
        .where("realm_id", "=", realmId)
        .where("account_id", "=", id)
        .execute();
    },
    async changeStatus(id, { from, to, reason, at }) {
      if (from.length === 0) return false;
      const results = await db
        .updateTable("account")
        .set({ status: to, status_reason: reason ?? null, deleted_at: to === "deleted" ? at : null })
        .where("realm_id", "=", realmId)
        .where("account_id", "=", id)
        .where("status", "in", from)
        .execute();
      return affected(results) === 1;
    },
    async releaseIdentifiers(id) {
      await db
        .updateTable("identifier")
        .set({ live_key: null })
        .where("realm_id", "=", realmId)
        .where("account_id", "=", id)
        .execute();
    },
    async reclaim({ id, liveKey }) {
      if (liveKey === undefined) return false;
      const update = async (): Promise<boolean> => {
        const results = await db
          .updateTable("identifier")
          .set({ live_key: liveKey })
          .where("realm_id", "=", realmId)
          .where("identifier_id", "=", id)
          .where((row) => row.or([row("live_key", "is", null), row("live_key", "=", liveKey)]))
          .execute();
        return affected(results) === 1;
      };
      let isThere = false;
      const attempt = async (): Promise<void> => {
        isThere = await update();
      };
      if (!db.isTransaction || !dialect.failureSpoilsTransaction) return (await trueUnlessTaken(attempt)) && isThere;
      await sql`savepoint reclaim`.execute(db);
      const isFree = await trueUnlessTaken(attempt);
      await sql.raw(isFree ? "release savepoint reclaim" : "rollback to savepoint reclaim").execute(db);
      return isFree && isThere;
    },
    async removeIdentifier({ id }) {
      await db.deleteFrom("identifier").where("realm_id", "=", realmId).where("identifier_id", "=", id).execute();
    },
    purge: (id) =>
      context.atomically(async ({ db: executor }) => {
        const results = await executor
          .deleteFrom("account")
          .where("realm_id", "=", realmId)
          .where("account_id", "=", id)
          .where("status", "=", "deleted")
          .execute();
        if (affected(results) !== 1) return false;
        for (const table of tablesAboutAccounts) {
          await executor.deleteFrom(table).where("realm_id", "=", realmId).where("account_id", "=", id).execute();
        }
        await executor
          .deleteFrom("pending_registration")
          .where("realm_id", "=", realmId)
          .where("guest_id", "=", id)
          .execute();
        // Failures of every realm are recorded in the default one.
        await executor
          .deleteFrom("failure_record")
          .where("realm_id", "in", [realmId, defaultRealm])
          .where("account_id", "=", id)
          .execute();
        await executor
          .deleteFrom("memorable_challenge")
          .where("realm_id", "=", realmId)
          .where("subject", "=", id)
          .execute();
        await blankAuditTrail(executor, realmId, id);
        return true;
      }),
    async findPurgeable(before, limit) {
      const rows = await db
        .selectFrom("account")
        .select("account_id")
        .where("realm_id", "=", realmId)
        .where("deleted_at", "<=", before)
        .where("status", "=", "deleted")
        .orderBy("deleted_at")
        .limit(limit)
        .execute();
      // Written by `insert`, from an `AccountId`.
      return rows.map(({ account_id }) => account_id as AccountId);
    },
  };
};

/** A statement for each number of keys; the keys go by their position. */
const findHolders = (count: number): Prepared<HeldKeys, HolderRow> => {
  const known = holdersOf.get(count);
  if (known !== undefined) return known;
  const made = prepared((db, values: HeldKeys) => selectHolders(db, values, count));
  holdersOf.set(count, made);
  return made;
};

const selectHolders = (db: Kysely<Tables>, values: HeldKeys, count: number) =>
  db
    .selectFrom("identifier")
    .innerJoin("account", (join) =>
      join
        .onRef("account.realm_id", "=", "identifier.realm_id")
        .onRef("account.account_id", "=", "identifier.account_id"),
    )
    .leftJoin("password", (join) =>
      join
        .onRef("password.realm_id", "=", "identifier.realm_id")
        .onRef("password.account_id", "=", "identifier.account_id"),
    )
    .leftJoin("second_factor", (join) =>
      join
        .onRef("second_factor.realm_id", "=", "identifier.realm_id")
        .onRef("second_factor.account_id", "=", "identifier.account_id"),
    )
    .select([...accountColumns, ...identifierColumns, "password.hash", "second_factor.is_on"])
    .where("identifier.realm_id", "=", values.realmId)
    .where(
      "identifier.live_key",
      "in",
      Array.from({ length: count }, (_, position) => values[position] ?? ""),
    );

type HeldKeys = { readonly realmId: string; readonly [position: number]: string };
type HolderRow = ReturnType<typeof selectHolders> extends Compilable<infer Row> ? Row : never;
const holdersOf = new Map<number, Prepared<HeldKeys, HolderRow>>();

interface SignInRecord {
  readonly realmId: string;
  readonly id: string;
  readonly at: number;
}

const activeSignIn = (db: Kysely<Tables>, { realmId, id, at }: SignInRecord) =>
  db
    .updateTable("account")
    .set({ last_sign_in_at: at })
    .where("realm_id", "=", realmId)
    .where("account_id", "=", id)
    .where("status", "=", "active");

const recordWithPassword = prepared((db, values: SignInRecord & { readonly passwordChangedAt: number }) =>
  activeSignIn(db, values).where("password_changed_at", "=", values.passwordChangedAt),
);

const recordWithoutPassword = prepared((db, values: SignInRecord) =>
  activeSignIn(db, values).where("password_changed_at", "is", null),
);

/** All that is kept about an account but the audit trail. Attempts and sendings are kept under a keyed hash and end by themselves. */
const tablesAboutAccounts = [
  "identifier",
  "password",
  "session",
  "known_device",
  "account_link",
  "profile",
  "guest",
  "one_time_code",
  "handoff",
  "message",
  "disclaimer_acceptance",
  "pending_session",
  "second_factor",
  "backup_code",
  "memorable_word",
  "control_question",
  "entry",
] as const;

/** One statement's events: an account under attack may have very many. */
const eventsAtOnce = 500;

/** Takes away what says from where and with what somebody came (GDPR article 17); kinds, times and ids stay. */
const blankAuditTrail = async (db: Kysely<Tables>, realmId: string, id: AccountId): Promise<void> => {
  for (let from = 0; ; ) {
    const events = await db
      .selectFrom("audit_event")
      .select(["event_id", "at"])
      .where("realm_id", "=", realmId)
      .where("account_id", "=", id)
      .where("at", ">=", from)
      .where((row) => row.or([row("address", "<>", ""), row("user_agent", "<>", "")]))
      .orderBy("at")
      .limit(eventsAtOnce)
      .execute();
    const last = events.at(-1);
    if (last === undefined) return;
    const ids = events.map(({ event_id }) => event_id);
    await db
      .updateTable("audit_event")
      .set({ address: "", user_agent: "" })
      .where("realm_id", "=", realmId)
      .where("event_id", "in", ids)
      .execute();
    from = last.at;
  }
};

const accountIn = (rows: readonly (AccountRow & IdentifierRow)[], id: string): readonly AccountWithIdentifiers[] => {
  const ofAccount = rows.filter((row) => row.account_id === id);
  const [first] = ofAccount;
  return first === undefined ? [] : [{ account: accountOf(first), identifiers: identifiersOf(ofAccount) }];
};
