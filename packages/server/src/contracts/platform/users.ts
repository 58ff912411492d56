import { createUser } from "#core/accounts/create-user.js";
import { type ParsedIdentifier, parseEmail } from "#core/identities/email.js";
import { parseLoginName } from "#core/identities/login-name.js";
import { type IdentifierKind, Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { created } from "./envelope.js";
import { asSent, languageTag, listOf, loginId, optional, password, readFields, text } from "./fields.js";
import { fieldMessages } from "./messages.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";
import { profileChangeOf, profileFields } from "./profile-fields.js";
import { userFor } from "./users-id.js";

/** Phones of a user at most, and e-mails. */
const atMost = 5;

const fields = {
  login_name: optional(text(150, asSent)),
  phones: optional(listOf(atMost, text(64, asSent))),
  emails: optional(listOf(atMost, loginId)),
  password: optional(password),
  language: optional(languageTag),
  ...profileFields,
};

/** `POST /users`. The tenant vouches for the addresses that it names. */
export const createUsers = async (needs: PlatformNeeds, request: PlatformRequest): Promise<Answer> => {
  const sent = await readFields(request, fields, ({ login_name: name, phones = [], emails = [] }) =>
    // Nobody could ever sign in.
    name === undefined && phones.length + emails.length === 0 ? { login_name: [fieldMessages.required] } : {},
  );
  const view = await createUser(needs, {
    loginName: sent.login_name === undefined ? undefined : parsed("username", sent.login_name, parseLoginName),
    phones: distinct((sent.phones ?? []).map((phone) => parsed("phone", phone, phoneIn(needs)))),
    emails: distinct((sent.emails ?? []).map((email) => parsed("email", email, parseEmail))),
    profile: profileChangeOf(sent),
    language: sent.language ?? needs.apiKey.policy.language,
    password: sent.password,
    keyId: needs.apiKey.id,
    origin: request.origin,
  });
  return created({ user: userFor(needs, view) });
};

const parsed = (
  kind: IdentifierKind,
  sent: string,
  parse: (sent: string) => ParsedIdentifier | undefined,
): ParsedIdentifier => {
  const identifier = parse(sent);
  if (identifier === undefined) throw new Refusal("identifier-invalid", { kind });
  return identifier;
};

const phoneIn =
  ({ phoneNumbers }: PlatformNeeds) =>
  (sent: string): ParsedIdentifier | undefined => {
    const normalizedValue = phoneNumbers.parse(sent);
    return normalizedValue === undefined ? undefined : { displayValue: sent, normalizedValue };
  };

/** One that was named twice counts once. */
const distinct = (identifiers: readonly ParsedIdentifier[]): readonly ParsedIdentifier[] =>
  identifiers.filter(
    ({ normalizedValue }, at) => identifiers.findIndex((other) => other.normalizedValue === normalizedValue) === at,
  );
