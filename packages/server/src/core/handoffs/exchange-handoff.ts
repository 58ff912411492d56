import { type AccountView, getAccountView } from "../accounts/account-view.js";
import type { AccountId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Random, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { openKey } from "../sessions/open-key.js";
import type { Handoff } from "./handoff.js";

export interface ExchangeHandoffNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface ExchangeHandoffCommand {
  readonly tempToken: string;
  readonly codeVerifier: string | undefined;
  readonly origin: Origin;
}

/**
 * Gives the key for a temporary token, once. A token that is brought again is in two hands: the session of the first exchange ends
 * too. The verifier is checked before anything is told of the token; one that does not fit burns it.
 */
export const exchangeHandoff = async (
  needs: ExchangeHandoffNeeds,
  command: ExchangeHandoffCommand,
): Promise<{ readonly key: string; readonly view: AccountView }> => {
  const { origin } = command;
  const now = needs.clock.now();
  const handoff = await needs.stores.handoffs.findByToken(needs.fingerprint(command.tempToken));
  if (handoff === undefined || handoff.mount !== needs.policy.mount)
    throw new Refusal("handoff-unknown", { reason: "unknown" });
  if (handoff.usedAt !== undefined) return endReplayed(needs, handoff, { origin, now });
  if (now >= handoff.expiresAt) return burn(needs, handoff, { origin, now, reason: "over" });
  if (!fitsChallenge(needs, handoff, command.codeVerifier))
    return burn(needs, handoff, { origin, now, reason: "verifier" });
  const { accountId } = handoff;
  if (accountId === undefined) throw new Refusal("handoff-unbound", { handoffId: handoff.id });
  const view = await getBoundAccount(needs, handoff, accountId);
  const opened = await exchange(needs, handoff, view, { origin, now });
  if (opened === undefined) return exchangeLost(needs, handoff, accountId, { origin, now });
  return { key: opened.key, view: { ...view, account: { ...view.account, lastSignInAt: now } } };
};

interface Act {
  readonly origin: Origin;
  readonly now: Instant;
}

/**
 * RFC 7636 section 4.6: the challenge is the verifier's SHA-256. A verifier for a token without a challenge does not fit either: an
 * app that sends one began with a challenge, so that this token has been planted (RFC 9700 section 4.8).
 */
const fitsChallenge = (
  { fingerprint }: ExchangeHandoffNeeds,
  { codeChallenge }: Handoff,
  verifier: string | undefined,
): boolean =>
  verifier === undefined || codeChallenge === undefined
    ? verifier === codeChallenge
    : /^[\w.~-]{43,128}$/.test(verifier) && fingerprint(verifier) === codeChallenge;

/** Also what is over is used up, so that no clock that is set back brings it to life. */
const burn = async (
  { stores }: ExchangeHandoffNeeds,
  { id, accountId }: Handoff,
  { origin, now, reason }: Act & { readonly reason: "over" | "verifier" },
): Promise<never> => {
  await stores.handoffs.burn(id, now);
  await stores.audit.append({
    at: now,
    kind: "handoff-refused",
    accountId,
    origin,
    details: { handoffId: id, reason },
  });
  throw new Refusal("handoff-unknown", { reason });
};

const endReplayed = async (
  { stores }: ExchangeHandoffNeeds,
  { id, accountId, sessionId }: Handoff,
  { origin, now }: Act,
): Promise<never> => {
  const session = sessionId === undefined ? {} : { sessionId };
  if (sessionId !== undefined) await stores.sessions.end(sessionId, now, "handoff-replayed");
  const details = { handoffId: id, reason: "replayed", ...session };
  await stores.audit.append({ at: now, kind: "handoff-refused", accountId, origin, details });
  throw new Refusal("handoff-unknown", { reason: "replayed", ...session });
};

/** The account as it is now, unless it may not act, or its password was changed since it signed in: what was open then is over. */
const getBoundAccount = async (
  { stores }: ExchangeHandoffNeeds,
  { boundAt = 0 }: Handoff,
  accountId: AccountId,
): Promise<AccountView> => {
  const found = await stores.accounts.find(accountId);
  if (found === undefined) throw new Refusal("handoff-account-gone", { accountId });
  const { status, passwordChangedAt = 0 } = found.account;
  if (status === "deleted" || status === "closed") throw new Refusal("handoff-account-gone", { accountId });
  if (status !== "active") throw new Refusal("account-suspended", { status, accountId });
  if (passwordChangedAt > boundAt) throw new Refusal("handoff-unknown", { reason: "password-changed" });
  return getAccountView(stores, accountId);
};

/** `undefined` when somebody else was faster, or the account has changed since it was read; then nothing was done. */
const exchange = async (
  needs: ExchangeHandoffNeeds,
  { id }: Handoff,
  { account }: AccountView,
  { origin, now }: Act,
) => {
  try {
    return await openKey(needs, {
      account,
      origin,
      now,
      alongside: async ({ handoffs, audit }, session) => {
        if (!(await handoffs.use(id, session.id, now))) throw new Refusal("handoff-unknown", { reason: "lost" });
        const details = { handoffId: id, sessionId: session.id };
        await audit.append({ at: now, kind: "handoff-exchanged", accountId: account.id, origin, details });
      },
    });
  } catch (error) {
    if (Refusal.is(error, "handoff-unknown") || Refusal.is(error, "account-changed")) return undefined;
    throw error;
  }
};

const exchangeLost = async (
  needs: ExchangeHandoffNeeds,
  { id }: Handoff,
  accountId: AccountId,
  act: Act,
): Promise<never> => {
  const handoff = await needs.stores.handoffs.find(id);
  if (handoff?.usedAt !== undefined) return endReplayed(needs, handoff, act);
  if (handoff !== undefined) await getBoundAccount(needs, handoff, accountId);
  throw new Refusal("handoff-unknown", { reason: "changed meanwhile" });
};
