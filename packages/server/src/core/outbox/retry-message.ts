import type { Instant, MessageId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Transaction } from "../ports.js";
import type { KeptMessage } from "./outbox-store.js";

export interface RetryMessageNeeds {
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export type Retried =
  | { readonly kind: "waiting"; readonly expiresAt: Instant }
  /** `over`: what it carries is good no more. `unreadable`: its secret is gone. */
  | { readonly kind: "refused"; readonly why: "unknown" | "not-dead" | "over" | "unreadable" };

/** Milliseconds for which a notice may still be sent. */
const noticesIn = 24 * 3_600_000;

/** Gives a dead message another chance. A letter with a code or link gets no more time than that has; a notice gets a day. */
export const retryMessage = async (
  needs: RetryMessageNeeds,
  { id, origin }: { readonly id: MessageId; readonly origin: Origin },
): Promise<Retried> => {
  const at = needs.clock.now();
  return needs.transaction(async ({ outbox, audit }) => {
    const message = await outbox.find(id);
    if (message === undefined) return refused("unknown");
    if (message.state !== "dead") return refused("not-dead");
    if (message.content === undefined) return refused("unreadable");
    const expiresAt = carriesSecret(message.content) ? message.expiresAt : at + noticesIn;
    if (expiresAt <= at) return refused("over");
    if (!(await outbox.retry(id, at, expiresAt))) return refused("not-dead");
    const { accountId } = message;
    await audit.append({ at, kind: "message-retried", accountId, origin, details: { messageId: id } });
    return { kind: "waiting", expiresAt };
  });
};

const refused = (why: Extract<Retried, { readonly kind: "refused" }>["why"]): Retried => ({ kind: "refused", why });

const carriesSecret = ({ letter }: NonNullable<KeptMessage["content"]>): boolean =>
  "code" in letter || "link" in letter;
