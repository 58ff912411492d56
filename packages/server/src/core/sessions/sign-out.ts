import type { Origin } from "../origin.js";
import type { Random, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { authenticate, type AuthenticateNeeds } from "./authenticate.js";
import { endReused } from "./refresh-session.js";

export interface SignOutNeeds extends AuthenticateNeeds {
  readonly random: Random;
  readonly transaction: Transaction;
}

/** Ends the session of an access or refresh token, and with it all its tokens. A replaced refresh token ends it as a theft. */
export const signOut = async (
  needs: SignOutNeeds,
  command: { readonly token: string; readonly origin: Origin },
): Promise<void> => {
  const now = needs.clock.now();
  const { token, ...found } = await authenticate(needs, command.token, ["access", "refresh"]);
  const { session } = found;
  const { id: sessionId, accountId, refresh } = session;
  const isInGrace =
    token.id === refresh.previous && now - (refresh.rotatedAt ?? 0) <= needs.policy.tokens.rotationGraceIn;
  if (token.kind === "refresh" && token.id !== refresh.current && !isInGrace)
    return endReused(needs, found, { now, origin: command.origin });
  if (!(await needs.stores.sessions.end(sessionId, now, "signed-out")))
    throw new Refusal("session-ended", { sessionId, reason: "ended meanwhile", accountId });
  await needs.stores.audit.append({
    at: now,
    kind: "session-ended",
    accountId,
    origin: command.origin,
    details: { sessionId, reason: "signed-out" },
  });
};
