import { takeCaptcha } from "#core/captcha/take-captcha.js";
import type { ProfileChange } from "#core/accounts/profile-store.js";
import { startSignUp } from "#core/registration/start-sign-up.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { type Field, languageTag, loginId, object, optional, readFields } from "./fields.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";
import { profileChangeOf, profileFields } from "./profile-fields.js";

/** What a new user says of himself; what is wrong with one member is told of the whole. */
const profile: Field<ProfileChange> = (sent) => {
  const checked = object(sent);
  if ("failure" in checked) return checked;
  const members: Record<string, unknown> = {};
  for (const [member, field] of Object.entries(profileFields)) {
    const read = field(Object.hasOwn(checked.value, member) ? checked.value[member] : undefined);
    if ("failure" in read) return read;
    members[member] = read.value;
  }
  // Each was read by the field of its name.
  return { value: profileChangeOf(members as Parameters<typeof profileChangeOf>[0]) };
};

/** `POST /auth/signup` */
export const signup = async (needs: PlatformNeeds, request: PlatformRequest): Promise<Answer> => {
  const { body, origin, language } = request;
  const sent = await readFields(request, {
    login_id: loginId,
    profile: optional(profile),
    language: optional(languageTag),
  });
  await takeCaptcha(needs, "signup", { response: body["captcha_response"], address: origin.address });
  const progress = await startSignUp(needs, {
    loginId: sent.login_id,
    profile: sent.profile ?? {},
    language: sent.language ?? needs.apiKey.policy.language,
    origin,
  });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
