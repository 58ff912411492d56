import type { RealmId } from "#core/ids.js";
import type { LeasedMessage, OutboxLease, OutboxQueue } from "#core/outbox/outbox-store.js";
import { type Content, contentOf, headOf, type MessageRow } from "./message-rows.js";
import { affected, type StoreContext } from "./store-context.js";

/** Attempts of unknown outcome after which a message is not sent again. */
const mostUnknown = 2;

/** The messages of every realm, so that one worker serves them all. */
export const outboxQueue = (context: StoreContext): OutboxQueue => {
  const { db } = context;
  const due = ({ channel, now }: OutboxLease, limit: number) =>
    db
      .selectFrom("message")
      .selectAll()
      .where("state", "=", "waiting")
      .where("channel", "=", channel)
      .where("due_at", "<=", now)
      .orderBy("due_at")
      .orderBy("message_id")
      .limit(limit)
      .execute();
  return {
    async lease(lease) {
      const leased: LeasedMessage[] = [];
      for (;;) {
        const rows = await due(lease, lease.limit - leased.length);
        if (rows.length === 0) return leased;
        const judged = rows.map((row) => ({ row, verdict: judge(row, contentOf(context, row), lease) }));
        const taken = await context.atomically(async ({ db: executor }) => {
          const decided: LeasedMessage[] = [];
          for (const { row, verdict } of judged) {
            // Whoever leases, finishes or retries it changes one of these: of several nodes that read the row, one changes it.
            const results = await executor
              .updateTable("message")
              .set(verdict.change)
              .where("realm_id", "=", row.realm_id)
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
    async finish({ id, realmId }, owner, outcome) {
      const held = db
        .updateTable("message")
        .where("realm_id", "=", realmId)
        .where("message_id", "=", id)
        .where("state", "=", "waiting")
        .where("owner", "=", owner);
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
              ...(outcome.gateway === undefined ? {} : { gateway: outcome.gateway }),
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
  };
};

/** What becomes of a due message: it is leased, or it is dead. */
const judge = (row: MessageRow, content: Content | undefined, lease: OutboxLease) => {
  const { owner, now, leasedUntil } = lease;
  // Its holder never told what became of it.
  const unknownOutcomes = row.unknown_outcomes + (row.owner === "" ? 0 : 1);
  const death = whyDead(row, content, { unknownOutcomes, now });
  if (death !== undefined || content === undefined)
    return {
      change: { state: "dead", owner: "", unknown_outcomes: unknownOutcomes, finished_at: now, error: death ?? "" },
      message: undefined,
    };
  const attempt = row.attempts + 1;
  // Written by `append`, of a store that is bound to a realm.
  const realmId = row.realm_id as RealmId;
  const gateway = row.gateway === "" ? lease.gateway : row.gateway;
  const mayHaveArrived = unknownOutcomes > 0;
  const message: LeasedMessage = {
    ...headOf(row),
    ...content,
    realmId,
    fate: "send",
    attempt,
    gateway,
    mayHaveArrived,
  };
  return {
    change: { owner, attempts: attempt, unknown_outcomes: unknownOutcomes, due_at: leasedUntil, gateway },
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
