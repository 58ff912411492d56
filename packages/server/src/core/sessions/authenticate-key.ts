import { mayAct } from "../accounts/account.js";
import { type AccountId, type Instant, keySessionId, type SessionId } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { recoveryKeyHash } from "../recovery/recovery-key.js";
import { isLive, type Session } from "./session.js";
import type { SessionWithAccount } from "./session-store.js";

export interface AuthenticateKeyNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly policy: Pick<MountPolicy, "mount" | "sessions">;
}

/** What a key turned out to be. */
export type IdentifiedKey =
  | ({ readonly kind: "session" } & SessionWithAccount)
  | { readonly kind: "recovery"; readonly accountId: AccountId; readonly keyHash: string };

/** Milliseconds for which a key's use is not written down again, so that reading costs no write. */
const touchedEvery = 60_000;
const wellFormed = /^[A-Za-z0-9_-]{43}$/;

/**
 * Who presents this key. Its session is read each time: an ended one is refused at once on every node. Refuses with `token-invalid`,
 * `session-ended`, `account-suspended`, and with `key-not-allowed` when the key can only set a new password.
 */
export const authenticateKey = async (needs: AuthenticateKeyNeeds, key: string): Promise<SessionWithAccount> => {
  const identified = await identifyKey(needs, key);
  if (identified.kind === "session") return identified;
  throw new Refusal("key-not-allowed", { reason: "recovery-only", accountId: identified.accountId });
};

/** As `authenticateKey`, but a recovery key is told apart, not refused; its account has not been looked at. */
export const identifyKey = async (needs: AuthenticateKeyNeeds, key: string): Promise<IdentifiedKey> => {
  if (!wellFormed.test(key)) throw new Refusal("token-invalid", { reason: "malformed" });
  const now = needs.clock.now();
  const sessionId = keySessionId(needs.fingerprint(key));
  const found = await needs.stores.sessions.find(sessionId);
  if (found === undefined || found.session.mount !== needs.policy.mount)
    return identifyRecoveryKey(needs, { key, sessionId, now });
  const { session, account } = found;
  const accountId = account.id;
  if (!isLive(session, needs.policy.sessions, now))
    throw new Refusal("session-ended", { sessionId, reason: session.endReason ?? "over", accountId });
  refuseUnlessActive(found, sessionId);
  if (now - session.lastUsedAt >= touchedEvery) await touch(needs, session, now);
  return { kind: "session", ...found };
};

const identifyRecoveryKey = async (
  needs: AuthenticateKeyNeeds,
  { key, sessionId, now }: { readonly key: string; readonly sessionId: SessionId; readonly now: Instant },
): Promise<IdentifiedKey> => {
  const keyHash = recoveryKeyHash(needs, key);
  const accountId = await needs.stores.links.find(keyHash, "recovery-key", now);
  if (accountId === undefined) throw new Refusal("session-ended", { sessionId, reason: "unknown" });
  return { kind: "recovery", accountId, keyHash };
};

/** A restricted or denied account keeps its keys and may not use them; those of a closed or deleted one are over. */
export const refuseUnlessActive = ({ account }: Pick<SessionWithAccount, "account">, sessionId: SessionId): void => {
  if (mayAct(account)) return;
  const { id: accountId, status } = account;
  if (status === "restricted" || status === "denied") throw new Refusal("account-suspended", { status, accountId });
  throw new Refusal("session-ended", { sessionId, reason: status, accountId });
};

const touch = async ({ stores }: AuthenticateKeyNeeds, { id, refresh, accountId }: Session, now: Instant) => {
  if (!(await stores.sessions.touch(id, refresh.current, now)))
    throw new Refusal("session-ended", { sessionId: id, reason: "ended meanwhile", accountId });
};
