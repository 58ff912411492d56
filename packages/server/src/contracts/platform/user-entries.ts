import { addOauthEntry } from "#core/entries/add-oauth-entry.js";
import type { Entry } from "#core/entries/entry.js";
import { getEntry, listEntries } from "#core/entries/list-entries.js";
import { removeEntry } from "#core/entries/remove-entry.js";
import type { EntryId } from "#core/ids.js";
import type { Answer } from "#http/answer.js";
import { created, success } from "./envelope.js";
import { choice, optional, plainText, readFields, text } from "./fields.js";
import { fieldMessages } from "./messages.js";
import { oauthFields, proofOf } from "./oauth-fields.js";
import type { PlatformNeeds, UserRequest } from "./platform-request.js";
import { rfc3339 } from "./user-view.js";

const longestPage = 100;

const pageFields = {
  limit: optional(
    text(3, (sent) =>
      /^[1-9][0-9]*$/.test(sent) && Number(sent) <= longestPage
        ? { value: Number(sent) }
        : { failure: fieldMessages.notAChoice },
    ),
  ),
  cursor: optional(
    text(64, (sent) =>
      // What no entry is called, such as NUL, a database may refuse to look for.
      /^ent_[A-Za-z0-9_-]{22}$/.test(sent) ? { value: entryId(sent) } : { failure: fieldMessages.notAChoice },
    ),
  ),
};

/** `GET /user/entries` */
export const listUserEntries = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> => {
  const { limit = longestPage, cursor } = await readFields({ ...request, body: request.query }, pageFields);
  const { id: accountId } = request.user.account;
  const { entries, next } = await listEntries(needs, { accountId, limit, after: cursor });
  return success({ items: entries.map(entryOf), next_cursor: next ?? null });
};

const entryFields = { client: plainText(64), type: choice(["oauth"]), ...oauthFields };

/** `POST /user/entries` */
export const addUserEntry = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> => {
  const sent = await readFields(request, entryFields);
  const { user, origin } = request;
  const { client } = sent;
  const entry = await addOauthEntry(needs, { user, client, proof: proofOf(sent), origin });
  return created({ entry: entryOf(entry) });
};

/** `GET /user/entries/{id}` */
export const showUserEntry = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> =>
  success({ entry: entryOf(await getEntry(needs, ownEntry(request))) });

/** `DELETE /user/entries/{id}` */
export const removeUserEntry = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> => {
  await removeEntry(needs, { ...ownEntry(request), origin: request.origin });
  return success();
};

const ownEntry = ({ params, user }: UserRequest) => ({
  accountId: user.account.id,
  id: entryId(params["id"] ?? ""),
});

// Looked up among the user's own, whatever it is.
const entryId = (sent: string): EntryId => sent as EntryId;

/** The `entry` object of the contract. */
const entryOf = ({ id, client, type, data, createdAt }: Entry) => ({
  id,
  client,
  type,
  provider: data["provider"] ?? null,
  created_at: rfc3339(createdAt),
});
