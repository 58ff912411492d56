import { signingAlgorithms } from "#core/signing-keys/signing-key.js";
import { contractNames, protectedByDefault } from "./contract-defaults.js";
import {
  addressLimit,
  contractsKey,
  defaultsInWords,
  duration,
  durationOfContract,
  hostPattern,
  namePattern,
  onlyOf,
} from "./schema-parts.js";

/** One mount, of whatever contract. */
export const mountSchema = {
  type: "object",
  description: "One contract at one place. Sessions and tokens of a mount are good on that mount only.",
  additionalProperties: false,
  required: ["contract"],
  properties: {
    contract: { enum: contractNames, description: "Which contract is spoken." },
    name: {
      type: "string",
      pattern: namePattern,
      description:
        "What sessions, tokens and unproven e-mail addresses are bound to: do not change it later. Small letters, digits and hyphens. Default: the contract's name.",
    },
    prefix: {
      type: "string",
      pattern: "^/$|^(?:/[a-z0-9][a-z0-9._-]*){1,8}$",
      maxLength: 100,
      description: `The path under which it is served, such as "/auth"; "/" for the root, below which other mounts may lie. Of platform, only /{company_code}/v2/… and /{company_code}/v1/… below it are served. ${defaultsInWords(({ prefix }) => prefix)} On a host of its own: /.`,
    },
    host: {
      type: "string",
      pattern: hostPattern,
      description:
        'The host name on which alone it is served, in small letters, such as "auth.example.org". Default: any.',
    },
    profile: {
      enum: ["contract", "hardened"],
      default: "contract",
      description: "contract: letter for letter as the contract's page. hardened: as specs/hardened.md.",
    },
    cors: {
      type: "object",
      additionalProperties: false,
      [contractsKey]: ["jwt", "account"],
      description: "Which web pages of other origins may call it. Of platform, each API key lists its own.",
      properties: {
        origins: {
          type: "array",
          minItems: 1,
          maxItems: 1_000,
          items: {
            type: "string",
            pattern: "^\\*$|^https?://[a-z0-9.\\[\\]:-]+$",
            description: 'An origin such as "https://app.example.org", or "*".',
          },
          default: ["*"],
          description: 'The origins, or "*" alone for every one.',
        },
      },
    },
    addressLimits: {
      type: "object",
      additionalProperties: false,
      description: "Requests per client address, by endpoint. The budget of each identity holds beside them.",
      properties: {
        register: addressLimit("Registrations.", "register"),
        verify: addressLimit("Codes and links of registrations.", "verify"),
        resend: addressLimit("Requests for another code.", "resend"),
        login: addressLimit("Sign-ins.", "login"),
        refresh: addressLimit("Refreshed tokens.", "refresh"),
        guest: addressLimit("Guests.", "guest"),
        "exchange-token": addressLimit("Exchanges of temporary tokens.", "exchange-token"),
        "mobile-login": addressLimit("Sign-ins in a browser for an app.", "mobile-login"),
        forgot: addressLimit("Requests for a recovery code.", "forgot"),
        "forgot-verify": addressLimit("Recovery codes.", "forgot-verify"),
        reset: addressLimit("New passwords.", "reset"),
        signup: addressLimit("Sign-ups.", "signup"),
        check: addressLimit("Answers of a session: passwords, codes, letters, and new passwords.", "check"),
        recovery: addressLimit("Requests for access recovery.", "recovery"),
        oauth: addressLimit("Sign-ins at identity providers.", "oauth"),
        captcha: addressLimit("Captcha challenges.", "captcha"),
        change: addressLimit("Changes of passwords and other factors.", "change"),
        signed: addressLimit("Signed requests of servers.", "signed"),
      },
    },
    lifetimes: {
      type: "object",
      additionalProperties: false,
      description: "How long tokens and sessions last.",
      properties: {
        access: onlyOf("jwt", duration("An access token.", "1h")),
        refresh: onlyOf("jwt", duration("A refresh token; it never outlives its session.", "30d")),
        sessionIdle: durationOfContract("A session that is not used; of jwt: not refreshed.", "sessionIdle"),
        sessionAbsolute: durationOfContract("A session, whatever its use.", "sessionAbsolute"),
      },
    },
    tokens: onlyOf("jwt", {
      type: "object",
      additionalProperties: false,
      description: "What tokens say and how they are signed.",
      properties: {
        algorithm: { enum: signingAlgorithms, default: "ES256", description: "What new tokens are signed with." },
        issuer: {
          type: "string",
          minLength: 1,
          maxLength: 500,
          pattern: "^[!-~]+$",
          description:
            "The claim iss. Default: the address of the mount, from PUBLIC_URL. Changing it ends every token.",
        },
        audience: {
          type: "string",
          minLength: 1,
          maxLength: 500,
          pattern: "^[!-~]+$",
          description: "The claim aud. Default: the issuer. Changing it ends every token.",
        },
        rotation: {
          enum: ["by-client", "always"],
          default: "by-client",
          description:
            'Which sessions get a new refresh token with each refresh: those opened with "rotate": true, or all.',
        },
      },
    }),
    passwords: {
      type: "object",
      additionalProperties: false,
      description: "Which passwords are accepted for new accounts.",
      properties: {
        minimumLength: {
          type: "integer",
          minimum: 8,
          maximum: 64,
          description: `In characters (Unicode code points). ${defaultsInWords(({ passwords }) => passwords.minimumLength)}`,
        },
      },
    },
    language: onlyOf("account", {
      enum: ["contract", "negotiate"],
      default: "contract",
      description:
        "In which language errors are told. contract: as its page has each. negotiate: by the caller's Accept-Language.",
    }),
    protectedEmails: onlyOf("account", {
      type: "array",
      maxItems: 1_000,
      items: { type: "string", maxLength: 254 },
      default: protectedByDefault,
      description: "Addresses whose accounts nobody can delete by the API.",
    }),
    handoff: onlyOf("account", {
      type: "object",
      additionalProperties: false,
      description: "Sign-in in a browser on behalf of an app.",
      properties: {
        redirectUris: {
          type: "array",
          maxItems: 1_000,
          items: { type: "string", maxLength: 2_000 },
          default: [],
          description:
            'Where the browser may be sent with a temporary token, such as "com.example.app:/signed-in" or "https://app.example.org/signed-in". Compared letter for letter.',
        },
      },
    }),
    providers: onlyOf("account", {
      type: "array",
      maxItems: 50,
      items: { type: "string" },
      description: "The names of the identity providers at which people may sign in here. Default: all.",
    }),
  },
} as const;
