import type { SignInCandidate } from "../accounts/account-store.js";
import type { PhoneNumbers } from "./phone-numbers.js";
import type { Secrets, Stores } from "../ports.js";
import { parseEmail, type ParsedIdentifier } from "./email.js";
import { type Identifier, realmWideKey } from "./identifier.js";
import { parseUsername } from "./username.js";

/** What somebody says he signs in with. */
export interface LoginId extends ParsedIdentifier {
  readonly kind: "phone" | "email" | "username";
}

export interface LoginHolder {
  /** What was asked for, or the identifier that it turned out to be. */
  readonly identifier: LoginId;
  readonly holder: SignInCandidate | undefined;
}

export interface FindLoginNeeds {
  readonly secrets: Secrets;
  readonly phoneNumbers: PhoneNumbers;
  readonly stores: Pick<Stores, "accounts">;
}

/** The live account whose primary number, primary e-mail address or login name this is. One look-up, whatever the text. */
export const findLoginHolder = async (needs: FindLoginNeeds, text: string): Promise<LoginHolder> => {
  const meant = loginIds(needs, text);
  const found = await needs.stores.accounts.findByLiveKeys(
    meant.map(({ kind, normalizedValue }) => realmWideKey(kind, normalizedValue)),
  );
  const holder = found.find(({ identifier }) => signsIn(identifier));
  const identifier = meant.find(({ kind }) => kind === holder?.identifier.kind) ?? meant[0];
  return { identifier, holder };
};

/** A number or an address, if the text is one. */
export const parseAddress = (
  { phoneNumbers }: Pick<FindLoginNeeds, "phoneNumbers">,
  text: string,
): (LoginId & { readonly kind: "phone" | "email" }) | undefined => {
  const phone = phoneNumbers.parse(text.trim());
  if (phone !== undefined) return { kind: "phone", displayValue: phone, normalizedValue: phone };
  const email = parseEmail(text);
  return email && { kind: "email", ...email };
};

/** Everything that the text can mean, an address first; what can mean nothing is looked up as a text that every database takes. */
const loginIds = (needs: FindLoginNeeds, text: string): readonly [LoginId, ...LoginId[]] => {
  const address = parseAddress(needs, text);
  const digest = needs.secrets.digest("attempt-subject", text.trim());
  const name: LoginId = {
    kind: "username",
    ...(parseUsername(text) ?? { displayValue: digest, normalizedValue: digest }),
  };
  return address === undefined ? [name] : [address, name];
};

const signsIn = ({ kind, isPrimary, provenAt }: Identifier): boolean =>
  kind === "username" || (isPrimary && provenAt !== undefined);
