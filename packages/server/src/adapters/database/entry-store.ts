import type { Selectable } from "kysely";
import type { EntryStore } from "#core/entries/entry-store.js";
import type { Entry, EntryType } from "#core/entries/entry.js";
import type { AccountId, EntryId } from "#core/ids.js";
import { insertIfAbsent } from "./insert-row.js";
import { affected, type StoreContext } from "./store-context.js";
import type { EntryTable } from "./tables.js";

export const entryStore = (context: StoreContext): EntryStore => {
  const { db, realmId } = context;
  const entriesOf = (accountId: AccountId) =>
    db.selectFrom("entry").selectAll().where("realm_id", "=", realmId).where("account_id", "=", accountId);
  const find = async (accountId: AccountId, id: EntryId): Promise<Entry | undefined> => {
    const row = await entriesOf(accountId).where("entry_id", "=", id).executeTakeFirst();
    return row && entryOf(row);
  };
  return {
    insert: ({ id, accountId, client, type, data, uniqueKey, createdAt }) =>
      insertIfAbsent(context, "entry", {
        realm_id: realmId,
        entry_id: id,
        account_id: accountId,
        client,
        type,
        details: JSON.stringify(data),
        unique_key: uniqueKey,
        created_at: createdAt,
      }),
    find,
    async list(accountId, { limit, after }) {
      const newestFirst = entriesOf(accountId).orderBy("created_at", "desc").orderBy("entry_id", "desc").limit(limit);
      if (after === undefined) return (await newestFirst.execute()).map(entryOf);
      const last = await find(accountId, after);
      if (last === undefined) return [];
      const rows = await newestFirst
        .where((row) =>
          row.or([
            row("created_at", "<", last.createdAt),
            row.and([row("created_at", "=", last.createdAt), row("entry_id", "<", last.id)]),
          ]),
        )
        .execute();
      return rows.map(entryOf);
    },
    async remove(accountId, id) {
      const results = await db
        .deleteFrom("entry")
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .where("entry_id", "=", id)
        .execute();
      return affected(results) === 1;
    },
  };
};

// Written by `insert`, from these types.
const entryOf = (row: Selectable<EntryTable>): Entry => ({
  id: row.entry_id as EntryId,
  accountId: row.account_id as AccountId,
  client: row.client,
  type: row.type as EntryType,
  data: JSON.parse(row.details) as Record<string, string>,
  uniqueKey: row.unique_key,
  createdAt: row.created_at,
});
