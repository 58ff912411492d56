import type { Channel } from "../outbox/message.js";
import type { Identifier } from "./identifier.js";

/** Where a code can be sent. */
export interface Address {
  readonly channel: Channel;
  readonly kind: "phone" | "email";
  readonly displayValue: string;
  readonly normalizedValue: string;
}

/** The account's primary number, else its primary e-mail address: only what its owner has proven. */
export const codeAddress = (identifiers: readonly Identifier[]): Address | undefined =>
  primaryAddress(identifiers, "phone") ?? primaryAddress(identifiers, "email");

export const primaryAddress = (identifiers: readonly Identifier[], kind: Address["kind"]): Address | undefined => {
  const found = identifiers.find((one) => one.kind === kind && one.isPrimary && one.provenAt !== undefined);
  return found && addressOf({ ...found, kind });
};

export const addressOf = ({ kind, displayValue, normalizedValue }: Omit<Address, "channel">): Address => ({
  channel: kind === "phone" ? "sms" : "mail",
  kind,
  displayValue,
  normalizedValue,
});
