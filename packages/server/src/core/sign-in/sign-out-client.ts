import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { isOutOfTries, stateWrong } from "./find-session.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { PendingSession } from "./pending-session.js";

/** Whose token it is. */
export type Bearer =
  | { readonly kind: "session"; readonly session: PendingSession }
  | { readonly kind: "user"; readonly user: SessionWithAccount };

/** Ends the session of a token, authorized or under way. Of two at once, one is answered as if it had ended before. */
export const signOutClient = async (
  { clock, stores }: Pick<FlowNeeds, "clock" | "stores">,
  { bearer, origin }: { readonly bearer: Bearer; readonly origin: Origin },
): Promise<void> => {
  const now = clock.now();
  if (bearer.kind === "session" && isOutOfTries(bearer.session)) throw stateWrong(bearer.session, "logout");
  const { session } = bearer.kind === "session" ? bearer : bearer.user;
  const { id: sessionId, accountId } = session;
  const isEnded =
    bearer.kind === "session"
      ? await stores.pendingSessions.end(bearer.session.id, now)
      : await stores.sessions.end(bearer.user.session.id, now, "signed-out");
  const about = accountId === undefined ? {} : { accountId };
  if (!isEnded) throw new Refusal("session-ended", { sessionId, reason: "ended meanwhile", ...about });
  const details = { sessionId, reason: "signed-out" };
  await stores.audit.append({ at: now, kind: "session-ended", accountId, origin, details });
};
