import { mayAct } from "../accounts/account.js";
import type { ApiKey } from "../api-keys/api-key.js";
import { keySessionId } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { isLive, type Session } from "./session.js";
import type { SessionWithAccount } from "./session-store.js";

export interface FindClientSessionNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly policy: Pick<MountPolicy, "mount" | "sessions">;
  readonly apiKey: Pick<ApiKey, "id">;
}

/**
 * The session of an auth token, read each time: an ended one is refused at once on every node. `undefined` when the token is none.
 * Refuses with `token-invalid`, `session-ended`, `token-expired`, and with `account-inactive` while the token lives.
 */
export const findClientSession = async (
  needs: FindClientSessionNeeds,
  token: string,
): Promise<SessionWithAccount | undefined> => {
  if (!isWellFormed(token)) throw new Refusal("token-invalid", { reason: "malformed" });
  const now = needs.clock.now();
  const id = keySessionId(needs.fingerprint(token));
  const found = await needs.stores.sessions.find(id);
  if (found === undefined || found.session.mount !== needs.policy.mount) return undefined;
  const { session, account } = found;
  if (session.clientId !== needs.apiKey.id) throw new Refusal("token-invalid", { reason: "wrong-client" });
  const about = { sessionId: id, accountId: account.id };
  if (isRevoked(session) || account.status === "deleted")
    throw new Refusal("session-ended", { ...about, reason: session.endReason ?? account.status });
  if (!isLive({ ...session, endedAt: undefined }, needs.policy.sessions, now))
    throw new Refusal("token-expired", about);
  if (!mayAct(account)) throw new Refusal("account-inactive", { status: account.status, accountId: account.id });
  // Closed, and opened again since.
  if (session.endedAt !== undefined) throw new Refusal("session-ended", { ...about, reason: "account-closed" });
  return found;
};

/** Any token of a client: 256 random bits. */
export const isWellFormed = (token: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(token);

/** A closed account's token is told that it is closed until the token's own end, so its end is none yet. */
const isRevoked = ({ endedAt, endReason }: Session): boolean => endedAt !== undefined && endReason !== "account-closed";
