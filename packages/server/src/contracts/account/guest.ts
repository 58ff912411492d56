import { enterAsGuest } from "#core/guests/enter-as-guest.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, languageOf } from "./account-request.js";
import { asSent, optional, readFields, saying, text } from "./fields.js";
import { guestAnswer } from "./guest-answer.js";
import { messages } from "./messages.js";

const fields = {
  device_id: saying(messages.deviceIdRequired, text(255, asSent)),
  guest_secret: optional(text(255, asSent)),
};

/** `POST /guest/` */
export const guest = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { device_id: deviceId, guest_secret: guestSecret } = await readFields(request, fields);
  const entered = await enterAsGuest(needs, {
    deviceId,
    guestSecret,
    language: languageOf(request),
    origin: request.origin,
  });
  const secret = entered.guestSecret === undefined ? {} : { guest_secret: entered.guestSecret };
  return guestAnswer(request, entered, secret);
};
