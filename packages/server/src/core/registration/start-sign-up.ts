import type { SignInCandidate } from "../accounts/account-store.js";
import type { ProfileChange } from "../accounts/profile-store.js";
import { missingDisclaimers } from "../disclaimers/missing-disclaimers.js";
import { type LoginId, parseAddress } from "../identities/find-login-holder.js";
import { realmWideKey } from "../identities/identifier.js";
import { maskAddress } from "../identities/mask-address.js";
import { type Address, addressOf, canBeSentTo } from "../identities/reachable-address.js";
import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import { newMessage, noticeLivesIn } from "../outbox/write-letter.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { beginSession, recordRefusedBeginning } from "../sign-in/begin-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";

export interface StartSignUpCommand {
  /** A telephone number or an e-mail address. */
  readonly loginId: string;
  readonly profile: ProfileChange;
  readonly language: string;
  readonly origin: Origin;
}

/**
 * Sends a code to the address of somebody who wants an account; nothing is one yet, and nothing holds the address. Refuses with
 * `identifier-invalid` and `identifier-taken`. A hardened mount takes the same steps for an address that is taken, and its owner gets a
 * letter in place of the code.
 */
export const startSignUp = async (needs: FlowNeeds, command: StartSignUpCommand): Promise<SignInProgress> => {
  const { loginId, profile, language, origin } = command;
  const now = needs.clock.now();
  const refuse = async (refusal: Refusal): Promise<never> => {
    await recordRefusedBeginning(needs, refusal, { via: "signup", accountId: undefined, origin, now });
    throw refusal;
  };
  const identifier = parseAddress(needs, loginId);
  if (identifier === undefined || !canBeSentTo(needs, identifier))
    return refuse(new Refusal("identifier-invalid", { kind: kindMeant(loginId) }));
  const holder = await findHolder(needs.stores, identifier);
  if (holder !== undefined && needs.policy.profile === "contract")
    return refuse(new Refusal("identifier-taken", { kind: identifier.kind }));
  const to = addressOf(identifier);
  const fits = holder === undefined ? "code" : "decoy";
  return beginSession(needs, {
    state: "signup-checkotp",
    accountId: undefined,
    memory: {
      via: "signup",
      identifier,
      holder: holder?.account.id,
      proven: [],
      accepted: [],
      isBegun: false,
      signUp: { profile, language },
      code: { to, language, fits, masked: maskAddress(to) },
    },
    next: { disclaimersRequired: await missingDisclaimers(needs.stores, undefined, now) },
    ...(needs.policy.profile === "hardened"
      ? { alongside: (stores) => tellHolder(needs, stores, { holder, to, language, now }) }
      : {}),
    origin,
    now,
  });
};

const findHolder = async (
  { accounts }: Stores,
  { kind, normalizedValue }: LoginId,
): Promise<SignInCandidate | undefined> => {
  const [holder] = await accounts.findByLiveKeys([realmWideKey(kind, normalizedValue)]);
  return holder;
};

/** Tells the owner of an address that somebody tried; of a free address the same is written, and dropped. */
const tellHolder = async (
  needs: FlowNeeds,
  { outbox }: Stores,
  about: {
    readonly holder: SignInCandidate | undefined;
    readonly to: Address;
    readonly language: string;
    readonly now: Instant;
  },
): Promise<void> => {
  const { holder, to, language, now } = about;
  await outbox.append(
    newMessage(needs, {
      channel: to.channel,
      to: to.channel === "sms" ? to.normalizedValue : (holder?.identifier.displayValue ?? to.displayValue),
      language: holder?.account.language ?? language,
      letter: { kind: "already-registered" },
      accountId: holder?.account.id,
      fate: holder === undefined ? "drop" : "send",
      now,
      livesIn: noticeLivesIn,
    }),
  );
};

/** What a text that is neither was probably meant to be. */
const kindMeant = (text: string): Address["kind"] => (text.includes("@") ? "email" : "phone");
