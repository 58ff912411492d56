import type { Account } from "../accounts/account.js";
import { type AccountId, type Instant, newRefreshId, type SessionId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Random, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Session } from "./session.js";

export interface NewSession {
  readonly id: SessionId;
  readonly accountId: AccountId;
  readonly rotates: boolean;
  readonly origin: Origin;
  readonly now: Instant;
}

/** A session of this mount that begins now. */
export const newSession = (
  needs: { readonly random: Random; readonly policy: Pick<MountPolicy, "mount" | "sessions" | "clientId"> },
  { id, accountId, rotates, origin, now }: NewSession,
): Session => ({
  id,
  accountId,
  mount: needs.policy.mount,
  clientId: needs.policy.clientId,
  createdAt: now,
  expiresAt: now + needs.policy.sessions.absoluteIn,
  lastUsedAt: now,
  endedAt: undefined,
  endReason: undefined,
  address: origin.address,
  userAgent: origin.userAgent,
  refresh: {
    rotates,
    current: newRefreshId(needs.random),
    previous: undefined,
    rotatedAt: undefined,
    sealedSuccessor: undefined,
  },
});

/** Within a transaction: keeps the session of a sign-in that is complete, unless its account has changed since it was read. */
export const keepSession = async (
  stores: Stores,
  account: Pick<Account, "id" | "passwordChangedAt">,
  { session, origin }: { readonly session: Session; readonly origin: Origin },
): Promise<void> => {
  // The account may have been restricted, or its password changed, while the password was being hashed.
  if (!(await stores.accounts.recordSignIn(account, session.createdAt)))
    throw new Refusal("account-changed", { accountId: account.id });
  await stores.sessions.insert(session);
  await stores.audit.append({
    at: session.createdAt,
    kind: "sign-in-succeeded",
    accountId: account.id,
    origin,
    details: { sessionId: session.id },
  });
};
