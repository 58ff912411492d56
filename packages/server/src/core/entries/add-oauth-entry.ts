import { getAccountView } from "../accounts/account-view.js";
import { claimExternal, externalValue } from "../handoffs/external-identifier.js";
import { realmWideKey } from "../identities/identifier.js";
import type { OauthVisitNeeds } from "../identities/oauth-visit.js";
import {
  type ExternalIdentity,
  type OauthProof,
  proveExternalIdentity,
} from "../identities/prove-external-identity.js";
import { type AccountId, newEntryId } from "../ids.js";
import type { Origin } from "../origin.js";
import { tellOwner } from "../outbox/write-letter.js";
import type { MountPolicy } from "../policy.js";
import type { Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { touchSession } from "../sessions/touch-session.js";
import type { Entry } from "./entry.js";

export interface AddOauthEntryNeeds extends OauthVisitNeeds {
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: Pick<MountPolicy, "mount">;
}

export interface AddOauthEntryCommand {
  /** Signed in by a session that has to live until the entry is there: the provider is asked meanwhile. */
  readonly user: SessionWithAccount;
  readonly client: string;
  readonly proof: OauthProof;
  readonly origin: Origin;
}

/**
 * Links somebody at an identity provider with the account, which he signs in to from now on; the owner is told. Refuses with
 * `provider-failed`, and with `identifier-taken` when another account holds the identity, or this one has it for the same programme.
 */
export const addOauthEntry = async (needs: AddOauthEntryNeeds, command: AddOauthEntryCommand): Promise<Entry> => {
  const { user, client, origin } = command;
  const accountId = user.account.id;
  const identity = await proveExternalIdentity(needs, command.proof);
  const { provider, subject } = identity;
  const now = needs.clock.now();
  const title = await titleOf(needs, provider);
  const entry: Entry = {
    id: newEntryId(needs.random),
    accountId,
    client,
    type: "oauth",
    data: { provider, subject },
    uniqueKey: needs.fingerprint(`oauth ${externalValue(provider, subject)} ${client}`),
    createdAt: now,
  };
  await needs.transaction(async (stores) => {
    await touchSession(stores, user.session, now);
    await holdIdentity(needs, stores, { accountId, identity });
    if (!(await stores.entries.insert(entry))) throw new Refusal("identifier-taken", { kind: "external" });
    const owner = await getAccountView(stores, accountId);
    await tellOwner(needs, stores, { ...owner, letter: { kind: "identity-linked", provider: title, at: now }, now });
    await stores.audit.append({ at: now, kind: "identity-linked", accountId, origin, details: { provider } });
  });
  return entry;
};

const titleOf = async (needs: AddOauthEntryNeeds, provider: string): Promise<string> =>
  (await needs.identityProviders()).all.find(({ name }) => name === provider)?.title ?? provider;

/** The unique index decides who has it; the account may have it already, for another programme or by another contract. */
const holdIdentity = async (
  needs: AddOauthEntryNeeds,
  stores: Stores,
  {
    accountId,
    identity: { provider, subject },
  }: { readonly accountId: AccountId; readonly identity: ExternalIdentity },
): Promise<void> => {
  try {
    await claimExternal(needs, stores, { provider, subject, accountId, now: needs.clock.now() });
  } catch (error) {
    if (!Refusal.is(error, "identifier-taken")) throw error;
    const value = externalValue(provider, subject);
    const [holder] = await stores.accounts.findByLiveKeys([realmWideKey("external", value)]);
    if (holder?.account.id !== accountId) throw error;
  }
};
