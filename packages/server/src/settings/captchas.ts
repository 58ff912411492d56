import type { CaptchaConfiguration } from "#core/captcha/captcha-configuration.js";
import type { CaptchaProviderKind } from "#core/captcha/captchas.js";
import type { WrittenConfiguration } from "./config-schema.js";
import { isUrl } from "./is-url.js";
import { readSecret } from "./written-secret.js";

type WrittenCaptcha = NonNullable<WrittenConfiguration["captchas"]>[number];

/** Completes the captchas of the configuration; what is wrong with one goes to `faults`, by its path, never with a secret. */
export const completeCaptchas = (
  written: readonly WrittenCaptcha[],
  faults: string[],
): readonly CaptchaConfiguration[] => {
  for (const [index, { name }] of written.entries()) {
    const earlier = written.findIndex((other) => other.name === name);
    if (earlier < index)
      faults.push(`captchas[${String(earlier)}] and captchas[${String(index)}] have the same name ${quote(name)}`);
  }
  return written.map((captcha, index) => completeCaptcha(captcha, `captchas[${String(index)}]`, faults));
};

const completeCaptcha = (written: WrittenCaptcha, at: string, faults: string[]): CaptchaConfiguration => {
  const { name, provider: kind, siteKey } = written;
  faults.push(...captchaFaults(written).map((fault) => `${at}${fault}`));
  return {
    name,
    kind,
    siteKey,
    secret: readSecret(written.secret, `${at}.secret`, faults) ?? "",
    verifyUrl: written.verifyUrl ?? verifyUrls[kind],
    hostnames: written.hostnames ?? [],
    checksAction: written.checksAction ?? kind === "recaptcha-v3",
    minimumScore: kind === "recaptcha-v3" ? (written.minimumScore ?? 0.5) : undefined,
  };
};

const verifyUrls: Readonly<Record<CaptchaProviderKind, string>> = {
  hcaptcha: "https://api.hcaptcha.com/siteverify",
  turnstile: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
  "recaptcha-v2": "https://www.google.com/recaptcha/api/siteverify",
  "recaptcha-v3": "https://www.google.com/recaptcha/api/siteverify",
};

const captchaFaults = ({
  name,
  provider,
  verifyUrl,
  checksAction,
  minimumScore,
}: WrittenCaptcha): readonly string[] => [
  ...(name === "altcha" ? [`.name is "altcha", which is this server's own`] : []),
  ...(verifyUrl === undefined || isUrl(verifyUrl, { insecure: "loopback" })
    ? []
    : [".verifyUrl is not an https address without query and fragment"]),
  ...(checksAction !== undefined && provider !== "turnstile" && provider !== "recaptcha-v3"
    ? [".checksAction is for turnstile and recaptcha-v3 only"]
    : []),
  ...(minimumScore !== undefined && provider !== "recaptcha-v3" ? [".minimumScore is for recaptcha-v3 only"] : []),
];

const quote = (text: string): string => JSON.stringify(text);
