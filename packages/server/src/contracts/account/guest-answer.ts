import type { AccountView } from "#core/accounts/account-view.js";
import type { Answer } from "#http/answer.js";
import { type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { messages } from "./messages.js";
import { userOf } from "./view.js";

/** A guest with the key of this visit. */
export interface EnteredGuest {
  readonly key: string;
  readonly view: AccountView;
  readonly isNew: boolean;
}

/** What a guest is answered: 201 the first time, 200 after. */
export const guestAnswer = (request: AccountRequest, { key, view, isNew }: EnteredGuest, beside: object = {}): Answer =>
  successAnswer(isNew ? 201 : 200, say(request, isNew ? messages.guestMade : messages.guestBack), {
    token: key,
    user: userOf(view),
    ...beside,
  });
