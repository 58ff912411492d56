import type { Instant } from "../ids.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Session } from "./session.js";

/** Within a transaction: holds the session by which it is done. Refuses with `session-ended` when it has ended since it was read. */
export const touchSession = async (
  { sessions }: Pick<Stores, "sessions">,
  { id, accountId, refresh }: Pick<Session, "id" | "accountId" | "refresh">,
  now: Instant,
): Promise<void> => {
  if (!(await sessions.touch(id, refresh.current, now)))
    throw new Refusal("session-ended", { sessionId: id, reason: "ended meanwhile", accountId });
};
