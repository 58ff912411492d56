import type { MessageId } from "#core/ids.js";
import type { OutboxState, OutboxStore } from "#core/outbox/outbox-store.js";
import { insertRow } from "./insert-row.js";
import { type Content, keptOf as keptMessageOf, type MessageRow } from "./message-rows.js";
import { affected, type StoreContext } from "./store-context.js";

/** Messages read at once when they have to be opened. */
const openedAtOnce = 500;

export const outboxStore = (context: StoreContext): OutboxStore => {
  const { db, realmId, secrets } = context;
  const messageOf = (id: MessageId) =>
    db.updateTable("message").where("realm_id", "=", realmId).where("message_id", "=", id);
  const keptOf = (row: MessageRow) => keptMessageOf(context, row);
  return {
    async append({ id, channel, to, language, letter, accountId, createdAt, expiresAt, fate }) {
      const sealed = secrets.seal("message", id, JSON.stringify({ to, letter } satisfies Content));
      const isDropped = fate === "drop";
      await insertRow(context, "message", {
        realm_id: realmId,
        message_id: id,
        channel,
        gateway: "",
        account_id: accountId ?? null,
        kind: letter.kind,
        language,
        // As long as the letter, so that writing it costs the same.
        sealed: isDropped ? "-".repeat(sealed.length) : sealed,
        state: isDropped ? "dropped" : "waiting",
        attempts: 0,
        unknown_outcomes: 0,
        owner: "",
        due_at: createdAt,
        created_at: createdAt,
        expires_at: expiresAt,
        finished_at: isDropped ? createdAt : null,
        error: "",
      });
      context.onAppended();
    },
    async list({ states }, limit) {
      if (states.length === 0) return [];
      const rows = await db
        .selectFrom("message")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("state", "in", states)
        .orderBy("created_at", "desc")
        .orderBy("message_id", "desc")
        .limit(limit)
        .execute();
      return rows.map(keptOf);
    },
    async listOf(accountId, addresses) {
      const own = await db
        .selectFrom("message")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .execute();
      const found = own.map(keptOf);
      // Sealed, so that each has to be opened to see to whom it goes.
      for (let after = ""; ; ) {
        const rows = await db
          .selectFrom("message")
          .selectAll()
          .where("realm_id", "=", realmId)
          .where("account_id", "is", null)
          .where("state", "in", ["waiting", "dead"])
          .where("message_id", ">", after)
          .orderBy("message_id")
          .limit(openedAtOnce)
          .execute();
        const last = rows.at(-1);
        if (last === undefined) break;
        found.push(
          ...rows.map(keptOf).filter(({ content }) => content !== undefined && addresses.includes(content.to)),
        );
        after = last.message_id;
      }
      return found.toSorted((one, other) => other.createdAt - one.createdAt);
    },
    async find(id) {
      const rows = await db
        .selectFrom("message")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("message_id", "=", id)
        .execute();
      return rows.map(keptOf)[0];
    },
    async count() {
      const rows = await db
        .selectFrom("message")
        .select(({ fn }) => ["state", fn.countAll<number | bigint | string>().as("many")])
        .where("realm_id", "=", realmId)
        .where("state", "in", ["waiting", "dead"])
        .groupBy("state")
        .execute();
      const of = (state: OutboxState): number => Number(rows.find((row) => row.state === state)?.many ?? 0);
      return { waiting: of("waiting"), dead: of("dead") };
    },
    async retry(id, at, expiresAt) {
      const results = await messageOf(id)
        .where("state", "=", "dead")
        .set({
          state: "waiting",
          unknown_outcomes: 0,
          owner: "",
          due_at: at,
          expires_at: expiresAt,
          finished_at: null,
        })
        .execute();
      return affected(results) === 1;
    },
    async purge(states, before, limit) {
      let dropped = 0;
      for (const state of states) {
        if (dropped >= limit) break;
        const column = state === "waiting" ? "expires_at" : "finished_at";
        const ended = db
          .selectFrom("message")
          .select("message_id")
          .where("realm_id", "=", realmId)
          .where("state", "=", state)
          .where(column, "<=", before)
          .limit(limit - dropped);
        const old = await ended.execute();
        if (old.length === 0) continue;
        const results = await db
          .deleteFrom("message")
          .where("realm_id", "=", realmId)
          .where(
            "message_id",
            "in",
            old.map(({ message_id }) => message_id),
          )
          .where("state", "=", state)
          .where(column, "<=", before)
          .execute();
        dropped += affected(results);
      }
      return dropped;
    },
  };
};
