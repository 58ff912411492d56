import type { Selectable } from "kysely";
import { clockSkew } from "#core/clock-skew.js";
import type { HandoffStore } from "#core/handoffs/handoff-store.js";
import type { Handoff } from "#core/handoffs/handoff.js";
import type { AccountId, HandoffId, SessionId } from "#core/ids.js";
import { insertRow } from "./insert-row.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";
import type { HandoffTable } from "./tables.js";
import { purgeRows } from "./purge-rows.js";

export const handoffStore = (context: StoreContext): HandoffStore => {
  const { db, realmId } = context;
  const unused = (id: HandoffId) =>
    db.updateTable("handoff").where("realm_id", "=", realmId).where("handoff_id", "=", id).where("used_at", "is", null);
  /** What was made later than the clock allows was made before it was set back. */
  const unbound = (id: HandoffId, now: number) =>
    unused(id)
      .where("account_id", "is", null)
      .where("expires_at", ">", now)
      .where("created_at", "<=", now + clockSkew);
  return {
    async insert(handoff) {
      await insertRow(context, "handoff", {
        realm_id: realmId,
        handoff_id: handoff.id,
        mount: handoff.mount,
        token_hash: handoff.tokenHash,
        sealed_token: handoff.sealedToken,
        browser_hash: handoff.browserHash,
        redirect_uri: handoff.redirectUri,
        client_state: handoff.clientState ?? null,
        code_challenge: handoff.codeChallenge ?? null,
        language: handoff.language,
        provider: handoff.provider?.name ?? null,
        provider_state_hash: handoff.provider?.stateHash ?? null,
        sealed_provider: handoff.provider?.sealed ?? null,
        account_id: handoff.accountId ?? null,
        created_at: handoff.createdAt,
        expires_at: handoff.expiresAt,
        bound_at: handoff.boundAt ?? null,
        used_at: handoff.usedAt ?? null,
        session_id: handoff.sessionId ?? null,
      });
    },
    async find(id) {
      const row = await db
        .selectFrom("handoff")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("handoff_id", "=", id)
        .executeTakeFirst();
      return row && handoffOf(row);
    },
    async findByToken(tokenHash) {
      const row = await db
        .selectFrom("handoff")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("token_hash", "=", tokenHash)
        .executeTakeFirst();
      return row && handoffOf(row);
    },
    async listOf(accountId) {
      const rows = await db
        .selectFrom("handoff")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .orderBy("created_at", "desc")
        .execute();
      return rows.map(handoffOf);
    },
    async visit(id, { name, stateHash, sealed }, now) {
      const results = await unbound(id, now)
        .set({ provider: name, provider_state_hash: stateHash ?? null, sealed_provider: sealed })
        .execute();
      return affected(results) === 1;
    },
    async return(mount, stateHash, now) {
      const row = await db
        .selectFrom("handoff")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("provider_state_hash", "=", stateHash)
        .where("mount", "=", mount)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const handoff = handoffOf(row);
      // A visit never changes under its state, so that reading it first decides nothing.
      const results = await unbound(handoff.id, now)
        .where("provider_state_hash", "=", stateHash)
        .set({ provider_state_hash: null })
        .execute();
      return affected(results) === 1 ? handoff : undefined;
    },
    async bind(id, accountId, { now, expiresAt }) {
      const results = await unbound(id, now)
        .set({
          account_id: accountId,
          bound_at: now,
          expires_at: expiresAt,
          provider_state_hash: null,
          sealed_provider: null,
        })
        .execute();
      return affected(results) === 1;
    },
    async use(id, sessionId, now) {
      const results = await unused(id)
        .where("account_id", "is not", null)
        .where("expires_at", ">", now)
        .where("bound_at", "<=", now + clockSkew)
        .set({ used_at: now, session_id: sessionId })
        .execute();
      return affected(results) === 1;
    },
    async burn(id, now) {
      await unused(id).set({ used_at: now }).execute();
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "handoff", key: "handoff_id", at: "expires_at", before, limit }),
  };
};

// Ids were written by this store, from these types.
const handoffOf = (row: Selectable<HandoffTable>): Handoff => ({
  id: row.handoff_id as HandoffId,
  mount: row.mount,
  tokenHash: row.token_hash,
  sealedToken: row.sealed_token,
  browserHash: row.browser_hash,
  redirectUri: row.redirect_uri,
  clientState: orUndefined(row.client_state),
  codeChallenge: orUndefined(row.code_challenge),
  language: row.language,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  provider:
    row.provider === null || row.sealed_provider === null
      ? undefined
      : { name: row.provider, stateHash: orUndefined(row.provider_state_hash), sealed: row.sealed_provider },
  accountId: row.account_id === null ? undefined : (row.account_id as AccountId),
  boundAt: orUndefined(row.bound_at),
  usedAt: orUndefined(row.used_at),
  sessionId: row.session_id === null ? undefined : (row.session_id as SessionId),
});
