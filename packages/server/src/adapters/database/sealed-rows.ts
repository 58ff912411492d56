import { sql } from "kysely";
import type { SealedRows } from "#core/jobs/sealed-rows.js";
import type { SealPurpose } from "#core/ports.js";
import { changed } from "./prepared.js";
import { sealContext, type StoreContext } from "./store-context.js";
import type { Tables } from "./tables.js";

/** A column that is sealed for long. */
interface SealedColumn {
  readonly table: keyof Tables;
  readonly column: string;
  /** By which a row is known within its realm. */
  readonly key: string;
  /** What the column is bound to, as its store seals it. */
  readonly boundTo: readonly string[];
  readonly purpose: SealPurpose;
}

const sealedColumns: readonly SealedColumn[] = [
  {
    table: "api_key_secret",
    column: "sealed_secret",
    key: "secret_id",
    boundTo: ["api_key_id", "secret_id"],
    purpose: "api-secret",
  },
  {
    table: "identity_provider",
    column: "sealed_configuration",
    key: "name",
    boundTo: ["name"],
    purpose: "identity-provider",
  },
  {
    table: "memorable_word",
    column: "sealed_words",
    key: "account_id",
    boundTo: ["account_id"],
    purpose: "memorable-words",
  },
  {
    table: "control_question",
    column: "sealed_question",
    key: "account_id",
    boundTo: ["account_id"],
    purpose: "control-question",
  },
];

type SealedRow = Readonly<Record<string, string>>;

export const sealedRows = (context: StoreContext): SealedRows => ({
  async reseal(limit) {
    let done = 0;
    for (const column of sealedColumns)
      for (let after: string | undefined; done < limit; ) {
        const rows = await findStale(context, column, { after, limit: limit - done });
        for (const row of rows) if (await resealRow(context, column, row)) done += 1;
        after = rows.at(-1)?.[column.key];
        if (after === undefined) break;
      }
    return done;
  },
});

const findStale = async (
  { db, realmId, secrets }: StoreContext,
  { table, column, key, boundTo }: SealedColumn,
  { after = "", limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly SealedRow[]> => {
  const columns = sql.join([...new Set([key, ...boundTo, column])].map((name) => sql.ref(name)));
  const { rows } = await sql<SealedRow>`
    select ${columns} from ${sql.table(table)}
    where realm_id = ${realmId} and ${sql.ref(key)} > ${after} and ${sql.ref(column)} not like ${`${secrets.newestVersion}.%`}
    order by ${sql.ref(key)} limit ${limit}`.execute(db);
  return rows;
};

const resealRow = async (
  context: StoreContext,
  { table, column, key, boundTo, purpose }: SealedColumn,
  row: SealedRow,
): Promise<boolean> => {
  const { db, realmId, secrets } = context;
  const bound = sealContext(context, ...boundTo.map((name) => row[name] ?? ""));
  const sealed = row[column] ?? "";
  let plain: string;
  try {
    plain = secrets.unseal(purpose, bound, sealed);
  } catch {
    return false;
  }
  const resealed = secrets.seal(purpose, bound, plain);
  const result = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${resealed}
    where realm_id = ${realmId} and ${sql.ref(key)} = ${row[key]} and ${sql.ref(column)} = ${sealed}`.execute(db);
  return changed(result) === 1;
};
