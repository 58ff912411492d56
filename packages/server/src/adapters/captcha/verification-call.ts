import type { CaptchaConfiguration } from "#core/captcha/captcha-configuration.js";
import type { CaptchaAnswer, CaptchaVerdict } from "#core/captcha/captchas.js";
import { guardedFetch } from "../identity-providers/guarded-fetch.js";
import { faultReason } from "../identity-providers/provider-fault.js";

export interface VerificationNeeds {
  /** Verification on this machine is then never asked. */
  readonly isProduction: boolean;
}

/** Milliseconds in which a provider has answered. */
const answersIn = 4_000;
/** How long an answer stays spent here; the providers themselves take one for at most five minutes. */
const rememberedFor = 3_600_000;

/**
 * Asks the provider whether what its script has given to the browser is right: one POST, which hCaptcha, Turnstile and reCAPTCHA take
 * alike. Whatever goes wrong is a wrong answer.
 */
export const verifyAnswer = async (
  captcha: CaptchaConfiguration,
  needs: VerificationNeeds,
  answer: CaptchaAnswer,
): Promise<CaptchaVerdict> => {
  const said = await ask(captcha, needs, answer);
  const reason = typeof said === "string" ? said : objection(captcha, answer, said);
  return reason === undefined
    ? { isRight: true, id: answer.response, expiresAt: answer.now + rememberedFor }
    : { isRight: false, reason };
};

type Said = Readonly<Record<string, unknown>>;

/** What the provider said, or why it could not be asked. */
const ask = async (
  { verifyUrl, secret, siteKey, kind }: CaptchaConfiguration,
  { isProduction }: VerificationNeeds,
  { response, address }: CaptchaAnswer,
): Promise<Said | string> => {
  const reach = { issuer: new URL(verifyUrl), mayBeLoopback: !isProduction };
  const body = new URLSearchParams({ secret, response, remoteip: address });
  // It would take the answer of another of the same owner's sites.
  if (kind === "hcaptcha") body.set("sitekey", siteKey);
  try {
    const fetch = guardedFetch(reach, AbortSignal.timeout(answersIn));
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    const answered = await fetch(verifyUrl, { method: "POST", headers, body, redirect: "manual" });
    if (answered.status !== 200) return `status-${String(answered.status)}`;
    const said: unknown = await answered.json();
    return typeof said === "object" && said !== null ? { ...said } : "answer-malformed";
  } catch (cause) {
    return `not-reached ${faultReason(cause)}`;
  }
};

const objection = (captcha: CaptchaConfiguration, { flow }: CaptchaAnswer, said: Said): string | undefined => {
  if (said["success"] !== true) return "wrong";
  const hostname = said["hostname"];
  if (captcha.hostnames.length > 0 && !(typeof hostname === "string" && captcha.hostnames.includes(hostname)))
    return "another-site";
  if (captcha.checksAction && said["action"] !== flow) return "another-action";
  const { minimumScore } = captcha;
  const score = said["score"];
  if (minimumScore !== undefined && !(typeof score === "number" && score >= minimumScore)) return "score-too-low";
  return undefined;
};
