import type { Administration } from "#src/compose.js";

type SchemaState = Awaited<ReturnType<Administration["database"]["schemaState"]>>;

/** Why commands of this version cannot use a database, and what to do; `undefined` when they can. */
export const schemaFault = ({ applied, pending, unknown }: SchemaState): string | undefined => {
  if (unknown.length > 0)
    return `the database has a newer schema (${unknown.join(", ")}): run the version of trilithon that made it, or a newer one`;
  if (applied.length === 0) return "the database is empty: run `trilithon migrate`";
  if (pending.length > 0)
    return `the database has an older schema (missing: ${pending.join(", ")}): run \`trilithon migrate\``;
  return undefined;
};
