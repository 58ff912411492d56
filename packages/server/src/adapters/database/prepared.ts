import type { Compilable, CompiledQuery, Kysely, QueryResult } from "kysely";
import type { DialectTraits } from "./engines/engine.js";
import type { StoreContext } from "./store-context.js";
import type { Tables } from "./tables.js";

/** Stands for a value while a statement is compiled. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

export type Prepared<Values, Row> = (
  context: Pick<StoreContext, "db" | "dialect">,
  values: Values,
) => Promise<QueryResult<Row>>;

/**
 * A statement on a hot path: compiled once for each engine, since building and compiling cost as much as running it on SQLite.
 * `build` gets stand-ins for the values: it may place them as parameters, and do nothing else with them.
 */
export const prepared = <Values extends object, Row = unknown>(
  build: (db: Kysely<Tables>, values: Values, dialect: DialectTraits) => Compilable<Row>,
): Prepared<Values, Row> => {
  const compiledFor = new WeakMap<DialectTraits, CompiledQuery<Row>>();
  return ({ db, dialect }, values) => {
    let compiled = compiledFor.get(dialect);
    if (compiled === undefined) {
      // The proxy has a stand-in under every name.
      compiled = build(db, slots as Values, dialect).compile();
      compiledFor.set(dialect, compiled);
    }
    const given = new Map<string, unknown>(Object.entries(values));
    const parameters = compiled.parameters.map((value) => (value instanceof Slot ? given.get(value.name) : value));
    return db.executeQuery({ ...compiled, parameters });
  };
};

/** Rows that a prepared statement changed. */
export const changed = ({ numAffectedRows }: QueryResult<unknown>): number => Number(numAffectedRows ?? 0n);
