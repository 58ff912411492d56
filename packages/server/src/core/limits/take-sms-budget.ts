import type { Instant } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import type { PhoneNumbers } from "../identities/phone-numbers.js";
import type { Secrets, Stores } from "../ports.js";
import type { Refusal } from "../refusal.js";
import { sendingLimited, sendingSubject } from "./sending-subject.js";
import type { SmsSending } from "./sms-sending.js";

export interface SmsBudgetNeeds {
  readonly secrets: Secrets;
  readonly phoneNumbers: Pick<PhoneNumbers, "describe">;
  readonly policy: Pick<MountPolicy, "mount" | "clientId" | "codes">;
}

/**
 * Within a transaction: counts one SMS to a number in E.164 before it is written, a decoy as any other. A refusal, to be thrown, says that it must not be
 * written; the transaction then counts none. From the narrowest budget to the widest, in this order for all: a number that asks too
 * often uses up nobody else's, and no two wait for each other.
 */
export const takeSmsBudget = async (
  needs: SmsBudgetNeeds,
  { sendings }: Pick<Stores, "sendings">,
  { to, now }: { readonly to: string; readonly now: Instant },
): Promise<Refusal<"sending-limited"> | undefined> => {
  const { country, range } = needs.phoneNumbers.describe(to);
  const subjects: Readonly<Record<keyof SmsSending, string>> = {
    number: sendingSubject(needs.secrets, to),
    range: sendingSubject(needs.secrets, `range ${range}`),
    country: countrySubject(country),
    client: clientSubject(needs.policy.clientId ?? needs.policy.mount),
    realm: realmSubject,
  };
  for (const by of narrowestFirst) {
    const waitIn = await sendings.take(subjects[by], needs.policy.codes.sms[by], now);
    if (waitIn !== undefined) return sendingLimited(waitIn, by);
  }
  return undefined;
};

const narrowestFirst = ["number", "range", "country", "client", "realm"] as const;

// They tell of nobody, so they stand as they are: a new SECRET_KEY refills nothing, and an operator can read them.
const countrySubject = (country: string): string => `${sharedSmsBudgets}country ${country}`;
const clientSubject = (client: string): string => `${sharedSmsBudgets}client ${client}`;
const realmSubject = "sms-realm";

/** How the subjects of the budgets begin that many numbers share. */
export const sharedSmsBudgets = "sms-";

/** Which budget a subject of those counts for, and for whom: as in `country IR`, `client api_…`, `realm`. */
export const sharedSmsBudget = (
  subject: string,
): { readonly by: "country" | "client" | "realm"; readonly words: string } => {
  const words = subject.slice(sharedSmsBudgets.length);
  const by = (["country", "client"] as const).find((name) => words.startsWith(`${name} `)) ?? "realm";
  return { by, words };
};
