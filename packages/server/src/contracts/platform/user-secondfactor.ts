import { setSecondFactor } from "#core/factors/set-second-factor.js";
import { codeAddress } from "#core/identities/reachable-address.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import { boolean, readFields } from "./fields.js";
import { fieldMessages } from "./messages.js";
import type { PlatformNeeds, UserRequest } from "./platform-request.js";

/** `PUT /user/secondfactor`. Who can get no code would lock himself out by it. */
export const putUserSecondfactor = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> => {
  const { user, origin } = request;
  const { otp } = await readFields(request, { otp: boolean }, (passed) =>
    passed.otp === true && codeAddress(needs, user.identifiers) === undefined
      ? { otp: [fieldMessages.noCodeAddress] }
      : {},
  );
  await setSecondFactor(needs, { user, otp: otp ? "on" : "off", origin });
  return success();
};
