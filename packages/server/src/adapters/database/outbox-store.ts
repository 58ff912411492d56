import type { Selectable } from "kysely";
import type { AccountId, MessageId } from "#core/ids.js";
import type { Letter, Message } from "#core/outbox/message.js";
import type { KeptMessage, LeasedMessage, OutboxLease, OutboxState, OutboxStore } from "#core/outbox/outbox-store.js";
import { insertRow } from "./insert-row.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";
import type { MessageTable } from "./tables.js";

/** Attempts of unknown outcome after which a message is not sent again. */
const mostUnknown = 2;

/** Messages read at once when they have to be opened. */
const openedAtOnce = 500;

export const outboxStore = (context: StoreContext): OutboxStore => {
  const { db, realmId, secrets } = context;
  const due = (now: number, limit: number) =>
    db
      .selectFrom("message")
      .selectAll()
      .where("realm_id", "=", realmId)
      .where("state", "=", "waiting")
      .where("due_at", "<=", now)
      .orderBy("due_at")
      .orderBy("message_id")
      .limit(limit)
      .execute();
  const messageOf = (id: MessageId) =>
    db.updateTable("message").where("realm_id", "=", realmId).where("message_id", "=", id);
  const contentOf = ({ message_id, sealed }: MessageRow): Content | undefined => {
    try {
      // Sealed by `append`, from these types.
      return JSON.parse(secrets.unseal("message", message_id, sealed)) as Content;
    } catch {
      return undefined;
    }
  };
  const keptOf = (row: MessageRow): KeptMessage => ({
    ...headOf(row),
    kind: row.kind as Letter["kind"],
    content: isErased(row) ? undefined : contentOf(row),
    state: row.state as OutboxState,
    attempts: row.attempts,
    dueAt: row.due_at,
    finishedAt: orUndefined(row.finished_at),
    error: row.error,
  });
  return {
    async append({ id, to, language, letter, accountId, createdAt, expiresAt, fate }) {
      const sealed = secrets.seal("message", id, JSON.stringify({ to, letter } satisfies Content));
      const isDropped = fate === "drop";
      await insertRow(context, "message", {
        realm_id: realmId,
        message_id: id,
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
    async lease(lease) {
      const leased: LeasedMessage[] = [];
      for (;;) {
        const rows = await due(lease.now, lease.limit - leased.length);
        if (rows.length === 0) return leased;
        const judged = rows.map((row) => ({ row, verdict: judge(row, contentOf(row), lease) }));
        const taken = await context.atomically(async ({ db: executor }) => {
          const decided: LeasedMessage[] = [];
          for (const { row, verdict } of judged) {
            // Whoever leases, finishes or retries it changes one of these: of several nodes that read the row, one changes it.
            const results = await executor
              .updateTable("message")
              .set(verdict.change)
              .where("realm_id", "=", realmId)
              .where("message_id", "=", row.message_id)
              .where("state", "=", "waiting")
              .where("attempts", "=", row.attempts)
              .where("owner", "=", row.owner)
              .where("due_at", "=", row.due_at)
              .execute();
            if (affected(results) === 1 && verdict.message !== undefined) decided.push(verdict.message);
          }
          return decided;
        });
        leased.push(...taken);
        if (leased.length >= lease.limit) return leased;
      }
    },
    async finish(id, owner, outcome) {
      const held = messageOf(id).where("state", "=", "waiting").where("owner", "=", owner);
      switch (outcome.kind) {
        case "sent":
          await held.set({ state: "sent", sealed: "", owner: "", finished_at: outcome.at, error: "" }).execute();
          return;
        case "refused":
          await held.set({ state: "dead", owner: "", finished_at: outcome.at, error: outcome.error }).execute();
          return;
        case "failed":
          await held
            .set((row) => ({
              owner: "",
              // Not later than its time, so that it does not wait beyond it.
              due_at: row
                .case()
                .when("expires_at", "<", outcome.retryAt)
                .then(row.ref("expires_at"))
                .else(row.val(outcome.retryAt))
                .end(),
              error: outcome.error,
            }))
            .execute();
          return;
        case "unknown":
          await held
            // MariaDB assigns from left to right and sees what it assigned: a column is read before it is set.
            .set((row) => ({
              owner: "",
              state: row
                .case()
                .when("unknown_outcomes", "<", mostUnknown - 1)
                .then("waiting")
                .else("dead")
                .end(),
              finished_at: row
                .case()
                .when("unknown_outcomes", "<", mostUnknown - 1)
                .then(null)
                .else(outcome.at)
                .end(),
              unknown_outcomes: row("unknown_outcomes", "+", 1),
              due_at: row
                .case()
                .when("expires_at", "<", outcome.retryAt)
                .then(row.ref("expires_at"))
                .else(row.val(outcome.retryAt))
                .end(),
              error: outcome.error,
            }))
            .execute();
      }
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

type MessageRow = Selectable<MessageTable>;
type Content = Pick<Message, "to" | "letter">;

const isErased = ({ state }: MessageRow): boolean => state === "sent" || state === "dropped";

/** What becomes of a due message: it is leased, or it is dead. */
const judge = (row: MessageRow, content: Content | undefined, { owner, now, leasedUntil }: OutboxLease) => {
  // Its holder never told what became of it.
  const unknownOutcomes = row.unknown_outcomes + (row.owner === "" ? 0 : 1);
  const death = whyDead(row, content, { unknownOutcomes, now });
  if (death !== undefined || content === undefined)
    return {
      change: { state: "dead", owner: "", unknown_outcomes: unknownOutcomes, finished_at: now, error: death ?? "" },
      message: undefined,
    };
  const attempt = row.attempts + 1;
  const message: LeasedMessage = { ...headOf(row), ...content, fate: "send", attempt };
  return {
    change: { owner, attempts: attempt, unknown_outcomes: unknownOutcomes, due_at: leasedUntil },
    message,
  };
};

const whyDead = (
  row: MessageRow,
  content: Content | undefined,
  { unknownOutcomes, now }: { readonly unknownOutcomes: number; readonly now: number },
): string | undefined => {
  if (unknownOutcomes >= mostUnknown) return "the outcome of two attempts is unknown";
  if (row.expires_at <= now) return withLast("its time was over before it could be sent", row.error);
  return content === undefined ? "it cannot be unsealed: its secret is not configured any more" : undefined;
};

const withLast = (words: string, error: string): string => (error === "" ? words : `${words}; last: ${error}`);

// Ids were written by this store, from these types.
const headOf = (row: MessageRow) => ({
  id: row.message_id as MessageId,
  language: row.language,
  accountId: row.account_id === null ? undefined : (row.account_id as AccountId),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});
