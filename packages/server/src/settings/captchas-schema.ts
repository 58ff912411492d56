import { hostPattern, namePattern, secret } from "./schema-parts.js";

/** The captchas of others. */
export const captchasSchema = {
  type: "array",
  maxItems: 50,
  description:
    'Captchas of others, for policies of API keys to name; "altcha", this server\'s own proof of work, is always there.',
  items: {
    type: "object",
    additionalProperties: false,
    required: ["name", "provider", "siteKey", "secret"],
    properties: {
      name: { type: "string", pattern: namePattern, description: "As policies of API keys call it." },
      provider: {
        enum: ["hcaptcha", "turnstile", "recaptcha-v2", "recaptcha-v3"],
        description: "Whose it is.",
      },
      siteKey: {
        type: "string",
        pattern: "^[!-~]{1,500}$",
        description: "What pages show: GET /auth/captcha tells it.",
      },
      secret: secret("What answers are verified with."),
      verifyUrl: {
        type: "string",
        maxLength: 500,
        description: "Where answers are verified. Default: the provider's own address.",
      },
      hostnames: {
        type: "array",
        minItems: 1,
        maxItems: 1_000,
        items: { type: "string", pattern: hostPattern },
        description:
          "Host names, in small letters, of the pages where the captcha may have been solved. Default: what the provider lets through.",
      },
      checksAction: {
        type: "boolean",
        description:
          'turnstile and recaptcha-v3: whether the action that a page named must be the flow, "signup", "login" or "recovery". Default: true for recaptcha-v3.',
      },
      minimumScore: {
        type: "number",
        minimum: 0,
        maximum: 1,
        description: "recaptcha-v3: the lowest score that is let in. Default: 0.5.",
      },
    },
  },
} as const;
