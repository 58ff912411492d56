import type {
  Kysely,
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from "kysely";
import type { RealmId } from "#core/ids.js";
import type { Random } from "#core/ports.js";
import { Refusal } from "#core/refusal.js";
import type { OpenedEngine } from "./engines/engine.js";
import { isRetryable } from "./engines/statement-fault.js";
import type { StoreContext, StoreNeeds } from "./store-context.js";
import type { Tables } from "./tables.js";

/** Runs of a transaction that the database keeps rolling back, the first included. */
const tries = 8;
/** Milliseconds before the second run; doubled for each further one, and spread by chance. */
const firstPause = 5;
/**
 * Milliseconds without an answer of the database after which a transaction is rolled back: others wait for what it holds. Longer than
 * any engine lets one statement wait for its turn and a lock, so that a busy database is told as one, and not as a fault.
 */
const stalledIn = 10_000;

/** The stores' context outside transactions. What must commit together gets transactions of its own. */
export const contextOf = (engine: OpenedEngine, realmId: RealmId | "", needs: StoreNeeds): StoreContext => {
  const context: StoreContext = {
    ...needs,
    db: engine.db,
    dialect: engine.dialect,
    realmId,
    atomically: (work) => runTransaction(context, work),
  };
  return context;
};

/**
 * Runs `work` in a transaction: again, after a pause, when the database rolled it back for the sake of another one; never when it is
 * unknown whether it was committed.
 */
export const runTransaction = async <T>(
  context: StoreContext,
  work: (bound: StoreContext) => Promise<T>,
): Promise<T> => {
  for (let run = 1; ; run += 1) {
    try {
      return await context.db
        .transaction()
        .execute((db) => unlessStalled(db, (watched) => work(bind(context, watched))));
    } catch (error) {
      if (!isRetryable(error)) throw error;
      if (run === tries)
        throw new Refusal("store-unavailable", { retryIn: 1, during: "transaction" }, { cause: error });
      await pause(firstPause * 2 ** (run - 1) * (0.5 + fraction(context.random)));
    }
  }
};

const bind = (context: StoreContext, db: Kysely<Tables>): StoreContext => {
  const bound: StoreContext = { ...context, db, atomically: (work) => work(bound) };
  return bound;
};

/** Rejects when `work` neither ends nor asks the database anything for `stalledIn`; its late statements are refused by the driver. */
const unlessStalled = <T>(db: Kysely<Tables>, work: (watched: Kysely<Tables>) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`a transaction asked nothing for ${stalledIn} ms and was rolled back`)),
      stalledIn,
    );
    work(db.withPlugin(new OnActivity(() => timer.refresh())))
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });

class OnActivity implements KyselyPlugin {
  readonly #note: () => void;

  constructor(note: () => void) {
    this.#note = note;
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    this.#note();
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    this.#note();
    return result;
  }
}

const fraction = (random: Random): number => Buffer.from(random.token(128), "base64url").readUInt32BE() / 2 ** 32;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
