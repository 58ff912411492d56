import type { FailureStore } from "#core/failures/failure-store.js";
import type { Instant, RealmId } from "#core/ids.js";
import type { JobStore } from "#core/jobs/job-store.js";
import type { SealedRows } from "#core/jobs/sealed-rows.js";
import type { StoredAddressWindows } from "#core/limits/address-windows.js";
import type { OutboxQueue } from "#core/outbox/outbox-store.js";
import type { Stores, Transaction } from "#core/ports.js";
import type { RealmStore } from "#core/realms/realm-store.js";
import { Refusal } from "#core/refusal.js";
import { accountLinkStore } from "./account-link-store.js";
import { accountStore } from "./account-store.js";
import { addressWindows } from "./address-windows.js";
import { apiKeyStore } from "./api-key-store.js";
import { attemptStore } from "./attempt-store.js";
import { auditTrail } from "./audit-trail.js";
import { disclaimerStore } from "./disclaimer-store.js";
import { engines } from "./engines/all.js";
import type { EngineName } from "./engines/engine.js";
import { entryStore } from "./entry-store.js";
import { factorStore } from "./factor-store.js";
import { failureStore } from "./failure-store.js";
import { guestStore } from "./guest-store.js";
import { handoffStore } from "./handoff-store.js";
import { identityProviderStore } from "./identity-provider-store.js";
import { jobStore } from "./job-store.js";
import { knownDeviceStore } from "./known-device-store.js";
import { migrate, schemaState, type SchemaState } from "./migrate.js";
import { oneTimeCodeStore } from "./one-time-code-store.js";
import { outboxQueue } from "./outbox-queue.js";
import { outboxStore } from "./outbox-store.js";
import { passwordStore } from "./password-store.js";
import { pendingRegistrationStore } from "./pending-registration-store.js";
import { pendingSessionStore } from "./pending-session-store.js";
import { profileStore } from "./profile-store.js";
import { readClock } from "./read-clock.js";
import { realmStore } from "./realm-store.js";
import { sealedRows } from "./sealed-rows.js";
import { sendingStore } from "./sending-store.js";
import { sessionStore } from "./session-store.js";
import { signingKeyStore } from "./signing-key-store.js";
import { singleUseStore } from "./single-use-store.js";
import type { StoreContext, StoreNeeds } from "./store-context.js";
import type { StoreHealth } from "./store-health.js";
import { contextOf, runTransaction } from "./transaction.js";

/** Where the data is kept. */
export type DatabaseLocation =
  | { readonly engine: "sqlite"; readonly path: string }
  | { readonly engine: "postgres" | "mariadb"; readonly url: string };

export interface DatabaseNeeds extends Omit<StoreNeeds, "onAppended"> {
  /** Connections to a database server at most. */
  readonly connections?: number;
}

/**
 * The one way to the database. Every method of every store throws `store-unavailable` while the database does not answer, at once when
 * that is known; any other error is a fault that names the statement and no value. A write has been made durable when its promise
 * resolves; `CommitOutcomeUnknown` says that nobody knows.
 */
export interface Database {
  readonly engineName: EngineName;
  /** What one realm holds. */
  forRealm(realmId: RealmId): RealmDatabase;
  readonly realms: RealmStore;
  /** Messages of every realm, on their way out. */
  readonly outbox: OutboxQueue;
  /** Leases of the installation's background jobs. */
  readonly jobs: JobStore;
  /** Has `listener` called after each commit of this process that put a message into an outbox, in place of an earlier listener. */
  onMessage(listener: () => void): void;
  /** `isDown` is what statements have noticed; it heals by itself. */
  readonly health: Pick<StoreHealth, "isDown">;
  /** Asks the database: `ok` when it answers and its schema is this version's, otherwise what is wrong. Never throws. */
  check(): Promise<string>;
  /** Throws `DurabilityRefused`, naming the setting, when the database promises less than a durable commit. */
  checkDurability(): Promise<void>;
  /** Runs the pending migrations and returns their names; safe on several nodes at once. Throws `NewerSchema`. */
  migrate(): Promise<readonly string[]>;
  schemaState(): Promise<SchemaState>;
  /** The time by the database's own clock: only for comparing clocks. */
  readClock(): Promise<Instant>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface RealmDatabase {
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly failures: FailureStore;
  readonly windows: StoredAddressWindows;
  readonly sealed: SealedRows;
}

const usualConnections = 10;

/** Opens the database and changes nothing in it. Throws `DatabaseFileRefused` when the embedded file cannot be opened; a server is asked first when it is needed. */
export const openDatabase = async (location: DatabaseLocation, needs: DatabaseNeeds): Promise<Database> => {
  const engine = await engines[location.engine].open({
    address: location.engine === "sqlite" ? location.path : location.url,
    connections: needs.connections ?? usualConnections,
  });
  let isMigrated = false;
  let tellOfMessage = (): void => {};
  const storeNeeds: StoreNeeds = { random: needs.random, secrets: needs.secrets, onAppended: () => tellOfMessage() };
  const unbound = contextOf(engine, "", storeNeeds);
  return {
    engineName: engine.name,
    forRealm(realmId) {
      const context = contextOf(engine, realmId, storeNeeds);
      return {
        stores: storesOf(context),
        async transaction(work) {
          let hasAppended = false;
          const noting: StoreContext = {
            ...context,
            onAppended: () => {
              hasAppended = true;
            },
          };
          const result = await runTransaction(noting, (bound) => work(storesOf(bound)));
          if (hasAppended) context.onAppended();
          return result;
        },
        failures: failureStore(context),
        windows: addressWindows(context),
        sealed: sealedRows(context),
      };
    },
    realms: realmStore(unbound),
    outbox: outboxQueue(unbound),
    jobs: jobStore(unbound),
    onMessage(listener) {
      tellOfMessage = listener;
    },
    health: engine.health,
    async check() {
      try {
        await engine.health.check();
        if (!isMigrated) {
          const { pending, unknown } = await schemaState(engine);
          if (unknown.length > 0) return "newer schema";
          if (pending.length > 0) return "migrations pending";
          isMigrated = true;
        }
        return "ok";
      } catch (error) {
        return Refusal.is(error, "store-unavailable") ? "does not answer" : "fault";
      }
    },
    checkDurability: () => engine.checkDurability(),
    migrate: () => migrate(engine),
    schemaState: () => schemaState(engine),
    readClock: () => readClock(engine),
    close: () => engine.close(),
  };
};

const storesOf = (context: StoreContext): Stores => ({
  accounts: accountStore(context),
  passwords: passwordStore(context),
  sessions: sessionStore(context),
  signingKeys: signingKeyStore(context),
  attempts: attemptStore(context),
  knownDevices: knownDeviceStore(context),
  links: accountLinkStore(context),
  profiles: profileStore(context),
  guests: guestStore(context),
  pendingRegistrations: pendingRegistrationStore(context),
  codes: oneTimeCodeStore(context),
  sendings: sendingStore(context),
  handoffs: handoffStore(context),
  outbox: outboxStore(context),
  apiKeys: apiKeyStore(context),
  disclaimers: disclaimerStore(context),
  entries: entryStore(context),
  factors: factorStore(context),
  identityProviders: identityProviderStore(context),
  pendingSessions: pendingSessionStore(context),
  singleUse: singleUseStore(context),
  audit: auditTrail(context),
});
