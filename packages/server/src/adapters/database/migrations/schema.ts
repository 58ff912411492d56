import { sql, type Kysely, type Migration } from "kysely";
import type { ColumnTypes } from "../engines/engine.js";

/** One step of the schema, for every engine. Safe to run again after it was killed midway: MariaDB commits each statement of it. */
export type Step = (schema: Schema) => Promise<void>;

export type Column =
  | { readonly name: string; readonly type: "text"; readonly length: number; readonly isNullable?: true }
  | { readonly name: string; readonly type: "long-text" | "integer" | "instant"; readonly isNullable?: true };

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  readonly unique?: readonly (readonly string[])[];
  readonly indexes?: readonly (readonly string[])[];
}

/** What a step may do. */
export interface Schema {
  /** Creates the table and its indexes where they are not there yet. */
  createTable(table: Table): Promise<void>;
  /** Adds the column to a table where it is not there yet. One that is not nullable needs what rows that are there get. */
  addColumn(table: string, column: Column, otherwise?: string): Promise<void>;
  /** Creates the index where it is not there yet. */
  addIndex(name: string, table: string, columns: readonly string[]): Promise<void>;
  /** For inserts of fixed rows; must tolerate that they are there. */
  run(statement: string): Promise<void>;
}

export const text = (name: string, length: number): Column => ({ name, type: "text", length });
export const textOrNull = (name: string, length: number): Column => ({ name, type: "text", length, isNullable: true });
export const longText = (name: string): Column => ({ name, type: "long-text" });
export const longTextOrNull = (name: string): Column => ({ name, type: "long-text", isNullable: true });
export const integer = (name: string): Column => ({ name, type: "integer" });
export const instant = (name: string): Column => ({ name, type: "instant" });
export const instantOrNull = (name: string): Column => ({ name, type: "instant", isNullable: true });

/** The step in the form that Kysely's migrator runs. */
export const migrationOf = (step: Step, types: ColumnTypes): Migration => ({
  up: (db: Kysely<unknown>) => step(schemaOf(db, types)),
});

const schemaOf = (db: Kysely<unknown>, types: ColumnTypes): Schema => {
  const run = async (statement: string): Promise<void> => {
    await sql.raw(statement).execute(db);
  };
  const addIndex: Schema["addIndex"] = (name, table, columns) =>
    run(`create index if not exists ${name} on ${table} (${columns.join(", ")})`);
  return {
    run,
    addIndex,
    async addColumn(table, column, otherwise) {
      const hasColumn = types.hasColumn !== undefined && (await types.hasColumn(db, table, column.name));
      if (hasColumn) return;
      const parts = [
        `alter table ${table} add column ${types.hasColumn === undefined ? "if not exists " : ""}${column.name}`,
        typeOf(column, types),
        column.isNullable ? "" : `not null default '${otherwise ?? ""}'`,
        column.type === "text" ? types.bound(column.name, column.length) : "",
      ];
      await run(parts.filter((part) => part !== "").join(" "));
    },
    async createTable(table) {
      const parts = [
        ...table.columns.map(
          (column) => `${column.name} ${typeOf(column, types)}${column.isNullable ? "" : " not null"}`,
        ),
        `primary key (${table.primaryKey.join(", ")})`,
        ...(table.unique ?? []).map((columns) => `unique (${columns.join(", ")})`),
        ...table.columns.flatMap((column) => (column.type === "text" ? [types.bound(column.name, column.length)] : [])),
      ].filter((part) => part !== "");
      await run(`create table if not exists ${table.name} (${parts.join(", ")}) ${types.tableOptions}`);
      for (const columns of table.indexes ?? []) {
        await addIndex(`${table.name}_by_${columns.slice(1).join("_")}`, table.name, columns);
      }
    },
  };
};

const typeOf = (column: Column, types: ColumnTypes): string => {
  switch (column.type) {
    case "text":
      return types.text(column.length);
    case "long-text":
      return types.longText;
    case "integer":
      return types.integer;
    case "instant":
      return types.bigint;
  }
};
