import type { Kysely, Selectable } from "kysely";
import { clockSkew } from "#core/clock-skew.js";
import type { AccountId, ApiKeyId, SignInId } from "#core/ids.js";
import type { PendingSessionStore } from "#core/sign-in/pending-session-store.js";
import type { PendingSession, SessionMemory } from "#core/sign-in/pending-session.js";
import type { SessionState } from "#core/sign-in/session-state.js";
import { insertRow } from "./insert-row.js";
import { changed, prepared } from "./prepared.js";
import { purgeRows } from "./purge-rows.js";
import { affected, sealContext, type StoreContext } from "./store-context.js";
import type { PendingSessionTable, Tables } from "./tables.js";

export const pendingSessionStore = (context: StoreContext): PendingSessionStore => {
  const { db, realmId, secrets } = context;
  const seal = (id: string, memory: SessionMemory): string =>
    secrets.seal("pending-session", sealContext(context, id), JSON.stringify(memory));
  /** `undefined` of what nobody can open any more: its secret is gone. */
  const memoryOf = (row: PendingSessionRow): SessionMemory | undefined => {
    try {
      const memory = secrets.unseal("pending-session", sealContext(context, row.sign_in_id), row.sealed_memory);
      // Sealed by this store, from this type.
      return JSON.parse(memory) as SessionMemory;
    } catch {
      return undefined;
    }
  };
  const sessionOf = (row: PendingSessionRow): PendingSession | undefined => {
    const memory = memoryOf(row);
    return (
      memory && {
        // Ids and state were written by this store, from these types.
        id: row.sign_in_id as SignInId,
        tokenHash: row.token_hash,
        clientId: row.api_key_id as ApiKeyId,
        state: row.state as SessionState,
        accountId: row.account_id === null ? undefined : (row.account_id as AccountId),
        memory,
        failures: row.failures,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        endedAt: row.ended_at ?? row.spent_at ?? undefined,
      }
    );
  };
  const sessions = () => db.selectFrom("pending_session").selectAll().where("realm_id", "=", realmId);
  const unended = () => db.updateTable("pending_session").where("realm_id", "=", realmId).where("ended_at", "is", null);
  return {
    async insert(session) {
      await insertRow(context, "pending_session", {
        realm_id: realmId,
        sign_in_id: session.id,
        token_hash: session.tokenHash,
        api_key_id: session.clientId,
        state: session.state,
        account_id: session.accountId ?? null,
        sealed_memory: seal(session.id, session.memory),
        failures: session.failures,
        spent_at: null,
        created_at: session.createdAt,
        expires_at: session.expiresAt,
        ended_at: session.endedAt ?? null,
      });
    },
    async find(tokenHash) {
      const row = await sessions().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row && sessionOf(row);
    },
    async listOf(accountId) {
      const rows = await sessions()
        .where("account_id", "=", accountId)
        .orderBy("created_at", "desc")
        .orderBy("sign_in_id", "desc")
        .execute();
      return rows.map(sessionOf).filter((session) => session !== undefined);
    },
    async countTry({ id, tokenHash, state }, tries, at) {
      const values = { realmId, id, tokenHash, state, at, newest: at + clockSkew, tries, last: tries - 1 };
      return changed(await countTry(context, values)) === 1;
    },
    async withdrawTry(id) {
      await withdrawTry(context, { realmId, id });
    },
    async advance({ id, tokenHash, state }, to, at) {
      const values = {
        realmId,
        id,
        tokenHash,
        state,
        at,
        newest: at + clockSkew,
        nextToken: to.tokenHash,
        nextState: to.state,
        memory: seal(id, to.memory),
        expiresAt: to.expiresAt,
        back: to.givesBack ? 1 : 0,
      };
      return changed(await advance(context, values)) === 1;
    },
    async complete({ id, tokenHash, state }, at) {
      const values = { realmId, id, tokenHash, state, at, newest: at + clockSkew, back: 1 };
      return changed(await complete(context, values)) === 1;
    },
    async end(id, at) {
      return affected(await unended().where("sign_in_id", "=", id).set({ ended_at: at }).execute()) === 1;
    },
    async endAll(accountId, kept, at) {
      const all = unended().where("account_id", "=", accountId);
      const others = kept === undefined ? all : all.where("sign_in_id", "!=", kept);
      return affected(await others.set({ ended_at: at }).execute());
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "pending_session", key: "sign_in_id", at: "expires_at", before, limit }),
  };
};

type PendingSessionRow = Selectable<PendingSessionTable>;

interface Step {
  readonly realmId: string;
  readonly id: string;
  readonly tokenHash: string;
  readonly state: string;
  readonly at: number;
  /** What was made later was made before the clock was set back. */
  readonly newest: number;
}

/** The session while it waits for exactly this step. */
const waiting = (db: Kysely<Tables>, { realmId, id, tokenHash, state, at, newest }: Step) =>
  db
    .updateTable("pending_session")
    .where("realm_id", "=", realmId)
    .where("sign_in_id", "=", id)
    .where("token_hash", "=", tokenHash)
    .where("state", "=", state)
    .where("ended_at", "is", null)
    .where("expires_at", ">", at)
    .where("created_at", "<=", newest);

const countTry = prepared((db, values: Step & { readonly tries: number; readonly last: number }) =>
  waiting(db, values)
    .where("spent_at", "is", null)
    .where("failures", "<", values.tries)
    // MariaDB assigns from left to right and sees what it assigned: a column is read before it is set.
    .set((row) => ({
      spent_at: row.case().when("failures", "<", values.last).then(row.ref("spent_at")).else(row.val(values.at)).end(),
      failures: row("failures", "+", 1),
    })),
);

const withdrawTry = prepared((db, { realmId, id }: Pick<Step, "realmId" | "id">) =>
  db
    .updateTable("pending_session")
    .where("realm_id", "=", realmId)
    .where("sign_in_id", "=", id)
    .where("failures", ">", 0)
    .set((row) => ({ spent_at: null, failures: row("failures", "-", 1) })),
);

/** Of a right answer: what its own try has spent is taken back. */
const triesLess = (db: Kysely<Tables>, values: Step & { readonly back: number }) =>
  waiting(db, values).set((row) => ({
    spent_at: null,
    failures: row
      .case()
      .when("failures", ">", 0)
      .then(row("failures", "-", values.back))
      .else(0)
      .end(),
  }));

const advance = prepared(
  (
    db,
    values: Step & {
      readonly nextToken: string;
      readonly nextState: string;
      readonly memory: string;
      readonly expiresAt: number;
      readonly back: number;
    },
  ) =>
    triesLess(db, values).set({
      token_hash: values.nextToken,
      state: values.nextState,
      sealed_memory: values.memory,
      expires_at: values.expiresAt,
    }),
);

const complete = prepared((db, values: Step & { readonly back: number }) =>
  triesLess(db, values).set({ ended_at: values.at }),
);
