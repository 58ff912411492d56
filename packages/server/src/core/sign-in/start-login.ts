import type { SignInCandidate } from "../accounts/account-store.js";
import { mayAct } from "../accounts/account.js";
import { missingDisclaimers } from "../disclaimers/missing-disclaimers.js";
import { findLoginHolder, type LoginHolder } from "../identities/find-login-holder.js";
import { maskAddress } from "../identities/mask-address.js";
import { type Address, codeAddress } from "../identities/reachable-address.js";
import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import { beginSession, recordRefusedBeginning } from "./begin-session.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { SessionMemory } from "./pending-session.js";
import type { SignInProgress } from "./sign-in-progress.js";

export interface StartLoginCommand {
  readonly loginId: string;
  readonly origin: Origin;
}

/**
 * Begins a sign-in: with the password, or with a code for whoever has none. A hardened mount asks everybody, and nobody, for a password
 * and for nothing else, in the same steps: what an account is like is told to whoever knows its password.
 */
export const startLogin = async (needs: FlowNeeds, command: StartLoginCommand): Promise<SignInProgress> => {
  const { origin } = command;
  const now = needs.clock.now();
  const { identifier, holder } = await findLoginHolder(needs, command.loginId);
  const accountId = holder?.account.id;
  const memory: SessionMemory = {
    via: "login",
    identifier,
    proven: [],
    accepted: [],
    isBegun: false,
    passwordChangedAt: holder?.account.passwordChangedAt,
  };
  const begun = { state: "checkpassword", accountId, memory, origin, now } as const;
  if (needs.policy.profile === "hardened") return beginSession(needs, { ...begun, next: { disclaimersRequired: [] } });
  const known = await getActiveHolder(needs, { identifier, holder }, { via: "login", origin, now });
  const disclaimersRequired = await missingDisclaimers(needs.stores, known.account.id, now);
  const to = await findCodeAddress(needs, known);
  // Neither a password nor anywhere to send a code to: nothing will be right.
  if (to === undefined) return beginSession(needs, { ...begun, next: { disclaimersRequired } });
  const code = { to, language: known.account.language, fits: "code", masked: maskAddress(to) } as const;
  const next = { disclaimersRequired };
  return beginSession(needs, { ...begun, state: "checkotp", memory: { ...memory, code }, next });
};

/** The holder of what was asked for; refuses with `identifier-unknown` and `account-inactive`, as only a mount of the profile `contract` does. */
export const getActiveHolder = async (
  needs: Pick<FlowNeeds, "stores">,
  { identifier, holder }: LoginHolder,
  about: { readonly via: "login" | "recovery"; readonly origin: Origin; readonly now: Instant },
): Promise<SignInCandidate> => {
  if (holder !== undefined && mayAct(holder.account)) return holder;
  const refusal =
    holder === undefined
      ? new Refusal("identifier-unknown", { kind: identifier.kind })
      : new Refusal("account-inactive", { status: holder.account.status, accountId: holder.account.id });
  await recordRefusedBeginning(needs, refusal, { ...about, accountId: holder?.account.id });
  throw refusal;
};

const findCodeAddress = async (
  needs: FlowNeeds,
  { account, passwordHash }: SignInCandidate,
): Promise<Address | undefined> =>
  passwordHash === undefined
    ? codeAddress(needs, (await needs.stores.accounts.find(account.id))?.identifiers ?? [])
    : undefined;
