import type { CaptchaConfiguration } from "#core/captcha/captcha-configuration.js";
import type { Captchas } from "#core/captcha/captchas.js";
import type { Random, Secrets } from "#core/ports.js";
import { checkSolution, makeChallenge } from "./altcha.js";
import { verifyAnswer } from "./verification-call.js";

export interface CaptchasNeeds {
  readonly random: Random;
  readonly secrets: Secrets;
  /** Verification on this machine is then never asked. */
  readonly isProduction: boolean;
}

/** The server's own, and what the operator has configured. */
export const createCaptchas = (configured: readonly CaptchaConfiguration[], needs: CaptchasNeeds): Captchas => {
  const byName = new Map(configured.map((captcha) => [captcha.name, captcha]));
  return {
    async task(name, purpose) {
      if (name === "altcha") return makeChallenge(needs, purpose);
      const captcha = byName.get(name);
      return captcha === undefined ? undefined : { kind: captcha.kind, siteKey: captcha.siteKey };
    },
    async check(name, answer) {
      if (name === "altcha") return checkSolution(needs, answer);
      const captcha = byName.get(name);
      // A policy may name one that has been taken from the configuration.
      if (captcha === undefined) return { isRight: false, reason: "not-configured" };
      return verifyAnswer(captcha, needs, answer);
    },
  };
};
