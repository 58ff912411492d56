import { realmWideKey } from "../identities/identifier.js";
import { newAccountId, newIdentifierId } from "../ids.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { authorize, type Authorized } from "../sign-in/authorize.js";
import { stateWrong } from "../sign-in/find-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { Step } from "../sign-in/go-on.js";
import type { AccountId } from "../ids.js";
import { claimProvenEmail } from "./claim-proven-email.js";
import { newAccount } from "./register-account.js";

/**
 * Within a transaction: makes the account of a sign-up whose address is proven, and signs it in; all of it is there, or nothing. Refuses
 * with `identifier-taken` when somebody else has proven the address since, and with `session-state-wrong` all but one of several at once.
 */
export const completeSignUp = async (
  needs: FlowNeeds,
  stores: Stores,
  { passwordHash, ...step }: Step & { readonly passwordHash: string | undefined },
): Promise<Authorized> => {
  const { session, memory, origin, now } = step;
  const { identifier, signUp, accepted } = memory;
  // First of all: of several at once, the others are told of the session, not of the address that one of them has just proven.
  if (!(await stores.pendingSessions.complete(session, now))) throw stateWrong(session, session.state);
  const accountId = newAccountId(needs.random, now);
  await stores.accounts.insert(newAccount(accountId, signUp?.language ?? needs.apiKey.policy.language, now));
  if (!(await claim(needs, stores, { ...step, accountId })))
    throw new Refusal("identifier-taken", { kind: identifier.kind });
  await stores.profiles.change(accountId, signUp?.profile ?? {});
  if (passwordHash !== undefined) await stores.passwords.set(accountId, passwordHash, now);
  await stores.audit.append({ at: now, kind: "account-registered", accountId, origin, details: {} });
  const account = { id: accountId, passwordChangedAt: passwordHash === undefined ? undefined : now };
  return authorize(needs, stores, { account, accepted, origin, now });
};

const claim = async (
  needs: FlowNeeds,
  stores: Stores,
  { accountId, memory, origin, now }: Step & { readonly accountId: AccountId },
): Promise<boolean> => {
  const { mount, mounts } = needs.policy;
  const { kind, displayValue, normalizedValue } = memory.identifier;
  if (kind === "email") {
    const email = { displayValue, normalizedValue };
    if (!(await claimProvenEmail(needs, stores, { accountId, email, mount, mounts, origin, now }))) return false;
    await stores.pendingRegistrations.removeAll(normalizedValue);
    return true;
  }
  return stores.accounts.claim({
    id: newIdentifierId(needs.random, now),
    accountId,
    kind,
    displayValue,
    normalizedValue,
    provenAt: now,
    mount,
    isPrimary: true,
    liveKey: realmWideKey(kind, normalizedValue),
    createdAt: now,
  });
};
