import type { Channel } from "../outbox/message.js";
import type { PhoneNumbers } from "./phone-numbers.js";
import type { Identifier } from "./identifier.js";

/** Where a code can be sent. */
export interface Address {
  readonly channel: Channel;
  readonly kind: "phone" | "email";
  readonly displayValue: string;
  readonly normalizedValue: string;
}

export interface ReachNeeds {
  readonly phoneNumbers: Pick<PhoneNumbers, "describe">;
}

/** The account's primary number, else its primary e-mail address: only what its owner has proven, and what can be sent to. */
export const codeAddress = (needs: ReachNeeds, identifiers: readonly Identifier[]): Address | undefined =>
  primaryAddress(needs, identifiers, "phone") ?? primaryAddress(needs, identifiers, "email");

export const primaryAddress = (
  needs: ReachNeeds,
  identifiers: readonly Identifier[],
  kind: Address["kind"],
): Address | undefined => {
  const found = primaryOf(identifiers, kind);
  return found !== undefined && canBeSentTo(needs, { ...found, kind }) ? addressOf({ ...found, kind }) : undefined;
};

/** Whether the account has an address at all, also where nothing is sent to it now. */
export const hasAddress = (identifiers: readonly Identifier[]): boolean =>
  (["phone", "email"] as const).some((kind) => primaryOf(identifiers, kind) !== undefined);

const primaryOf = (identifiers: readonly Identifier[], kind: Address["kind"]): Identifier | undefined =>
  identifiers.find((one) => one.kind === kind && one.isPrimary && one.provenAt !== undefined);

/** Whether a code can go there: to a number only where SMS are sent to it. */
export const canBeSentTo = (
  { phoneNumbers }: ReachNeeds,
  { kind, normalizedValue }: Pick<Address, "kind" | "normalizedValue">,
): boolean => kind === "email" || phoneNumbers.describe(normalizedValue).canGetSms;

export const addressOf = ({ kind, displayValue, normalizedValue }: Omit<Address, "channel">): Address => ({
  channel: kind === "phone" ? "sms" : "mail",
  kind,
  displayValue,
  normalizedValue,
});
