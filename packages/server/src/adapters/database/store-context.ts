import type { Kysely } from "kysely";
import type { RealmId } from "#core/ids.js";
import type { Random, Secrets } from "#core/ports.js";
import type { DialectTraits } from "./engines/engine.js";
import type { Tables } from "./tables.js";

/** What stores need beside the database. */
export interface StoreNeeds {
  /** For ids of audit events and the spread of retries. */
  readonly random: Random;
  /** For messages on their way, secrets of API keys, and what people chose to be known by. */
  readonly secrets: Pick<Secrets, "seal" | "unseal"> & { readonly newestVersion: string };
  /** Called once a message is in the outbox: at once outside a transaction, else after its commit. */
  onAppended(): void;
}

/** What every store is made from. `realmId` binds it to one realm. */
export interface StoreContext extends StoreNeeds {
  /** Outside a transaction each statement commits on its own. */
  readonly db: Kysely<Tables>;
  readonly dialect: DialectTraits;
  readonly realmId: RealmId | "";
  /** Runs several statements that commit together: in the transaction that the context is bound to, else in one of its own. */
  atomically<T>(work: (context: StoreContext) => Promise<T>): Promise<T>;
}

export const affected = (
  results: readonly { readonly numUpdatedRows?: bigint; readonly numDeletedRows?: bigint }[],
): number =>
  results.reduce((sum, { numUpdatedRows, numDeletedRows }) => sum + Number(numUpdatedRows ?? numDeletedRows ?? 0n), 0);

/** What a sealed column is bound to: moved to another row, or another realm, it does not open. */
export const sealContext = ({ realmId }: Pick<StoreContext, "realmId">, ...ids: readonly string[]): string =>
  [realmId, ...ids].join(" ");

/** A column's null as the core's `undefined`. */
export const orUndefined = <T>(value: T | null): T | undefined => value ?? undefined;
