import type { Kysely } from "kysely";
import type { RealmId } from "#core/ids.js";
import type { Random } from "#core/ports.js";
import type { DialectTraits } from "./engines/engine.js";
import type { Tables } from "./tables.js";

/** What every store is made from. `realmId` binds it to one realm. */
export interface StoreContext {
  /** Outside a transaction each statement commits on its own. */
  readonly db: Kysely<Tables>;
  readonly dialect: DialectTraits;
  readonly realmId: RealmId | "";
  readonly random: Random;
  /** Runs several statements that commit together: in the transaction that the context is bound to, else in one of its own. */
  atomically<T>(work: (context: StoreContext) => Promise<T>): Promise<T>;
}

export const affected = (
  results: readonly { readonly numUpdatedRows?: bigint; readonly numDeletedRows?: bigint }[],
): number =>
  results.reduce((sum, { numUpdatedRows, numDeletedRows }) => sum + Number(numUpdatedRows ?? numDeletedRows ?? 0n), 0);

/** A column's null as the core's `undefined`. */
export const orUndefined = <T>(value: T | null): T | undefined => value ?? undefined;
