import type { SignInCandidate } from "../accounts/account-store.js";
import { mayAct } from "../accounts/account.js";
import { drawCode } from "../factors/draw-code.js";
import { codeLivesIn } from "../factors/one-time-code.js";
import { type ParsedIdentifier, parseEmail } from "../identities/email.js";
import { realmWideKey } from "../identities/identifier.js";
import { type AccountId, type Instant, newAccountId, newMessageId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Random, Secrets, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { claimProvenEmail } from "../registration/claim-proven-email.js";
import { newAccount } from "../registration/register-account.js";
import { bindHandoff } from "./bind-handoff.js";
import { claimExternal, externalValue } from "./external-identifier.js";
import type { Handoff } from "./handoff.js";
import type { IdentityProviders, ProvidedIdentity, ProviderAnswer } from "./identity-providers.js";
import { assertOwn, type HandoffReturn, returnOf } from "./own-handoff.js";
import { sealVisit, unsealVisit } from "./sealed-visit.js";

export interface ReturnFromProviderNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly identityProviders: IdentityProviders;
  readonly policy: MountPolicy;
}

export interface ReturnFromProviderCommand {
  readonly provider: string;
  readonly answer: ProviderAnswer;
  readonly callbackUri: string;
  readonly browserSecret: string | undefined;
  readonly origin: Origin;
}

export type ProviderReturn =
  | { readonly kind: "back"; readonly back: HandoffReturn }
  /** The address that the provider vouches for has an owner, who got a code. */
  | { readonly kind: "proof"; readonly handoff: Handoff; readonly email: string }
  /** The visit led to nobody; the hand-off still waits. */
  | { readonly kind: "failed"; readonly handoff: Handoff; readonly refusal: Refusal };

/**
 * Evaluates what a browser brings from a provider. An external identity is found by the provider's name and its own id for it alone.
 * A new one whose verified address has an owner here is linked by a code in the owner's mail, never by the provider's word.
 */
export const returnFromProvider = async (
  needs: ReturnFromProviderNeeds,
  command: ReturnFromProviderCommand,
): Promise<ProviderReturn> => {
  const handoff = await takeVisit(needs, command);
  try {
    const identity = await complete(needs, handoff, command);
    if (identity === "declined") return { kind: "back", back: returnOf(needs, handoff, "cancelled") };
    return await settle(needs, { ...command, handoff, identity });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await auditRefusal(needs, command, error);
    return { kind: "failed", handoff, refusal: error };
  }
};

/** The state is spent by whoever brings it, and then he must have begun: a stolen answer is of no use twice. */
const takeVisit = async (needs: ReturnFromProviderNeeds, command: ReturnFromProviderCommand): Promise<Handoff> => {
  const { answer, provider, browserSecret } = command;
  const stateHash = needs.fingerprint(answer["state"] ?? "");
  const handoff = await needs.stores.handoffs.return(needs.policy.mount, stateHash, needs.clock.now());
  if (handoff === undefined) throw new Refusal("handoff-unknown", { reason: "state" });
  assertOwn(needs, handoff, browserSecret);
  // Else one provider could answer for another (RFC 9700 section 4.4).
  if (handoff.provider?.name !== provider) throw new Refusal("handoff-unknown", { reason: "another-provider" });
  return handoff;
};

const complete = (
  needs: ReturnFromProviderNeeds,
  handoff: Handoff,
  { provider, answer, callbackUri }: ReturnFromProviderCommand,
): Promise<ProvidedIdentity | "declined"> => {
  const { nonce, codeVerifier } = unsealVisit(needs, handoff, "request");
  // The answer's state has been found by its hash.
  const visit = { redirectUri: callbackUri, state: answer["state"] ?? "", nonce, codeVerifier };
  return needs.identityProviders.complete(provider, visit, answer);
};

interface Settlement extends Pick<ReturnFromProviderCommand, "provider" | "origin"> {
  readonly handoff: Handoff;
  readonly identity: ProvidedIdentity;
}

/** Somebody else may claim the identity or prove the address at the same time: whoever loses looks again. */
const settlesWithin = 3;

const settle = async (needs: ReturnFromProviderNeeds, settlement: Settlement): Promise<ProviderReturn> => {
  const { handoff, identity, provider } = settlement;
  const email = parseEmail(identity.verifiedEmail ?? "");
  const keys = [
    realmWideKey("external", externalValue(provider, identity.subject)),
    ...(email === undefined ? [] : [realmWideKey("email", email.normalizedValue)]),
  ];
  for (let round = 0; round < settlesWithin; round += 1) {
    const now = needs.clock.now();
    // In one statement: whoever has just made the account has claimed both.
    const found = await needs.stores.accounts.findByLiveKeys(keys);
    const linked = found.find(({ identifier }) => identifier.kind === "external");
    if (linked !== undefined) return bindTo(needs, settlement, linked, now);
    const [owner] = found;
    if (email !== undefined && owner !== undefined) return askProof(needs, settlement, { email, owner, now });
    if (await createAccount(needs, settlement, email, now))
      return { kind: "back", back: returnOf(needs, handoff, "signed-in") };
  }
  throw new Error("an external identity was claimed and released again and again");
};

const bindTo = async (
  needs: ReturnFromProviderNeeds,
  { handoff, provider, origin }: Settlement,
  { account }: SignInCandidate,
  now: Instant,
): Promise<ProviderReturn> => {
  assertMayAct(account);
  await needs.transaction((stores) =>
    bindHandoff(stores, { handoff, accountId: account.id, by: provider, origin, now }),
  );
  return { kind: "back", back: returnOf(needs, handoff, "signed-in") };
};

const assertMayAct = ({ id: accountId, status }: SignInCandidate["account"]): void => {
  if (!mayAct({ status })) throw new Refusal("account-inactive", { status, accountId });
};

/** Mails a code to the owner, good for this hand-off alone, and keeps whose identity waits for it. */
const askProof = async (
  needs: ReturnFromProviderNeeds,
  { handoff, identity, provider }: Settlement,
  { email, owner, now }: { readonly email: ParsedIdentifier; readonly owner: SignInCandidate; readonly now: Instant },
): Promise<ProviderReturn> => {
  const { account, identifier } = owner;
  assertMayAct(account);
  // Whoever has only his mail would be in without his second factor, now and from then on (OWASP ASVS 6.4.3).
  if (owner.hasSecondFactor) throw new Refusal("provider-failed", { provider, reason: "second-factor" });
  const { code, kept } = drawCode(needs, {
    purpose: "identity-link",
    owner: handoff.id,
    accountId: account.id,
    fits: "code",
    now,
  });
  const memory = { kind: "proof", subject: identity.subject, email, accountId: account.id } as const;
  await needs.transaction(async (stores) => {
    const subject = needs.secrets.digest("sending-subject", email.normalizedValue);
    const waitIn = await stores.sendings.take(subject, needs.policy.codes.sending, now);
    if (waitIn !== undefined) throw new Refusal("sending-limited", { retryIn: Math.ceil(waitIn / 1000) });
    const visit = { name: provider, stateHash: undefined, sealed: sealVisit(needs, handoff, memory) };
    if (!(await stores.handoffs.visit(handoff.id, visit, now)))
      throw new Refusal("handoff-unknown", { reason: "over" });
    await stores.codes.replace(kept);
    await stores.outbox.append({
      id: newMessageId(needs.random),
      channel: "mail",
      to: identifier.displayValue,
      language: account.language,
      letter: { kind: "identity-link-code", code, expiresIn: codeLivesIn, provider: titleOf(needs, provider) },
      accountId: account.id,
      createdAt: now,
      expiresAt: kept.expiresAt,
      fate: "send",
    });
  });
  return { kind: "proof", handoff, email: email.displayValue };
};

const titleOf = ({ identityProviders }: ReturnFromProviderNeeds, provider: string): string =>
  identityProviders.all.find(({ name }) => name === provider)?.title ?? provider;

/** An account of its own, with the address when the provider vouches for it. `false`, and nothing made, when somebody was faster. */
const createAccount = async (
  needs: ReturnFromProviderNeeds,
  { handoff, identity, provider, origin }: Settlement,
  email: ParsedIdentifier | undefined,
  now: Instant,
): Promise<boolean> => {
  const accountId = newAccountId(needs.random, now);
  const { fullname } = identity;
  try {
    await needs.transaction(async (stores) => {
      await stores.accounts.insert(newAccount(accountId, handoff.language, now));
      await claimExternal(needs, stores, { provider, subject: identity.subject, accountId, now });
      if (email !== undefined && !(await claimEmail(needs, stores, { accountId, email, origin, now })))
        throw new Refusal("identifier-taken", { kind: "email" });
      if (fullname !== undefined) await stores.profiles.change(accountId, { fullname });
      await stores.audit.append({ at: now, kind: "account-registered", accountId, origin, details: { provider } });
      await bindHandoff(stores, { handoff, accountId, by: provider, origin, now });
    });
    return true;
  } catch (error) {
    if (Refusal.is(error, "identifier-taken")) return false;
    throw error;
  }
};

const claimEmail = (
  needs: ReturnFromProviderNeeds,
  stores: Stores,
  proven: { accountId: AccountId; email: ParsedIdentifier; origin: Origin; now: Instant },
): Promise<boolean> =>
  claimProvenEmail(needs, stores, { ...proven, mount: needs.policy.mount, mounts: needs.policy.mounts });

const auditRefusal = async (
  needs: ReturnFromProviderNeeds,
  { provider, origin }: ReturnFromProviderCommand,
  { code, details }: Refusal,
): Promise<void> => {
  const cause = "reason" in details ? { cause: details.reason } : {};
  await needs.stores.audit.append({
    at: needs.clock.now(),
    kind: "handoff-refused",
    // Every account that a refusal names came from the store.
    accountId: "accountId" in details ? (details.accountId as AccountId) : undefined,
    origin,
    details: { provider, reason: code, ...cause },
  });
};
