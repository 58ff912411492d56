import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import { authenticateKey, type AuthenticateKeyNeeds } from "./authenticate-key.js";

/** Revokes the key. Of two at once, one is answered as if the key had been revoked before. */
export const signOutKey = async (
  needs: AuthenticateKeyNeeds,
  command: { readonly key: string; readonly origin: Origin },
): Promise<void> => {
  const now = needs.clock.now();
  const { session } = await authenticateKey(needs, command.key);
  const { id: sessionId, accountId } = session;
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
