import { changeProfile } from "#core/accounts/change-profile.js";
import { isGuest } from "#core/guests/guest.js";
import { findLanguage } from "#core/language.js";
import { authenticateKey } from "#core/sessions/authenticate-key.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { requireKey } from "./authentication.js";
import { successAnswer } from "./envelope.js";
import { clearable, type Field, fullname, optional, readFields, text } from "./fields.js";
import { messages } from "./messages.js";
import { userOf } from "./view.js";

/** `GET /profile/update/` */
export const showProfile = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { account, identifiers } = await authenticateKey(needs, requireKey(request));
  const profile = await needs.stores.profiles.find(account.id);
  return successAnswer(200, say(request, messages.profile), { user: userOf({ account, identifiers, profile }) });
};

/** `PUT /profile/update/`: the name has to be there; what else is absent stays as it is. */
export const putProfile = (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
  change(needs, request, fullname);

/** `PATCH /profile/update/` */
export const patchProfile = (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
  change(needs, request, optional(fullname));

const change = async (
  needs: AccountNeeds,
  request: AccountRequest,
  name: Field<string | undefined>,
): Promise<Answer> => {
  const { account, identifiers } = await authenticateKey(needs, requireKey(request));
  const sent = await readFields(request, {
    fullname: name,
    language,
    phone: isGuest(identifiers) ? unread : clearable(phoneOf(needs)),
    avatar_url: clearable(avatarUrl),
    birth_date: clearable(birthDate),
  });
  const view = await changeProfile(needs, {
    accountId: account.id,
    change: {
      ...sentAs("fullname", sent.fullname),
      ...sentAs("language", sent.language),
      ...sentAs("phone", sent.phone),
      ...sentAs("avatarUrl", sent.avatar_url),
      ...sentAs("birthDate", sent.birth_date),
    },
    origin: request.origin,
  });
  return successAnswer(200, say(request, messages.profileChanged), { user: userOf(view) });
};

const language: Field<string | undefined> = optional(
  text(35, (sent) => {
    const value = findLanguage(sent);
    return value === undefined ? { failure: messages.invalidChoice(sent) } : { value };
  }),
);

/** A guest's telephone is read-only. */
const unread: Field<undefined> = () => ({ value: undefined });

const phoneOf = ({ phoneNumbers }: AccountNeeds): Field<string> =>
  text(Number.POSITIVE_INFINITY, (sent) => {
    const value = phoneNumbers.parse(sent);
    return value === undefined ? { failure: messages.invalidPhone } : { value };
  });

const longestUrl = 2048;

const avatarUrl: Field<string> = text(Number.POSITIVE_INFINITY, (sent) =>
  isHttpsUrl(sent) ? { value: sent } : { failure: messages.invalidUrl },
);

// A URL parser drops blanks and line ends unseen, and takes `https:x` for `https://x`.
const isHttpsUrl = (sent: string): boolean =>
  sent.length <= longestUrl &&
  /^https:\/\/(?!\/)[^\s\p{Cc}\p{Cf}\p{Cs}"<>\\^`{|}]+$/iu.test(sent) &&
  URL.canParse(sent) &&
  new URL(sent).username === "" &&
  new URL(sent).password === "";

const birthDate: Field<string> = text(Number.POSITIVE_INFINITY, (sent) =>
  isDate(sent) ? { value: sent } : { failure: messages.invalidDate },
);

const isDate = (sent: string): boolean => {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(sent) || sent.startsWith("0000")) return false;
  const at = Date.parse(`${sent}T00:00:00Z`);
  // A day that its month does not have is read as one of the next.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(sent);
};

const sentAs = <Name extends string, Value>(name: Name, value: Value | undefined): { readonly [N in Name]?: Value } =>
  // One name, one value: the object literal has the mapped type's one member.
  (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
