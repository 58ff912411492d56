import { signingAlgorithms } from "#core/signing-keys/signing-key.js";
import type { Static } from "typebox";
import { durationPattern } from "./duration.js";

const duration = (description: string, standard: string) =>
  ({
    type: "string",
    pattern: durationPattern,
    description: `${description} A number and its unit, such as "10s", "5 minutes", "1h", "30d".`,
    default: standard,
  }) as const;

const rateLimit = (description: string, limit: number, per: string) =>
  ({
    type: "object",
    description,
    additionalProperties: false,
    required: ["limit", "per"],
    properties: {
      limit: { type: "integer", minimum: 1, maximum: 1_000_000, description: "Requests in one window." },
      per: {
        type: "string",
        pattern: durationPattern,
        description: 'The window, counted from its first request, such as "1 minute".',
      },
    },
    default: { limit, per },
  }) as const;

const secret = (description: string) =>
  ({
    type: "string",
    minLength: 1,
    maxLength: 10_000,
    description: `${description} "file:/run/secrets/name" reads it from that file.`,
  }) as const;

const hostPattern = "^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$";

/**
 * `trilithon.config.json` as a JSON Schema: what is checked at the start and what is published are this one object.
 * A plain one, because the builder of typebox alone would double the time of a start.
 */
export const configurationSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "urn:trilithon:config:1",
  title: "trilithon.config.json",
  description: "What this server serves, and how strictly. Every field may be left out.",
  type: "object",
  additionalProperties: false,
  properties: {
    $schema: { type: "string", description: "Where this schema lies, for editors; not read by the server." },
    mounts: {
      type: "array",
      minItems: 1,
      maxItems: 50,
      description: "The contracts that are served, each at its own place. Default: the contract jwt at /auth.",
      default: [{ contract: "jwt", prefix: "/auth" }],
      items: {
        type: "object",
        description: "One contract at one place. Sessions and tokens of a mount are good on that mount only.",
        additionalProperties: false,
        required: ["contract"],
        properties: {
          contract: { enum: ["jwt"], description: "Which contract is spoken." },
          name: {
            type: "string",
            pattern: "^[a-z][a-z0-9-]{0,31}$",
            description:
              "What sessions, tokens and unproven e-mail addresses are bound to: do not change it later. Small letters, digits and hyphens. Default: the contract's name.",
          },
          prefix: {
            type: "string",
            pattern: "^/$|^(?:/[a-z0-9][a-z0-9._-]*){1,8}$",
            maxLength: 100,
            description:
              'The path under which it is served, such as "/auth". Default: /auth, or / on a host of its own.',
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
            description:
              "contract: letter for letter as the contract's page. hardened: as specs/hardened.md; for jwt it needs mail, which this version does not have.",
          },
          cors: {
            type: "object",
            additionalProperties: false,
            description: "Which web pages of other origins may call it.",
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
              register: rateLimit("POST /register", 5, "1 minute"),
              login: rateLimit("POST /login", 10, "1 minute"),
              refresh: rateLimit("POST /refresh", 60, "1 hour"),
            },
          },
          lifetimes: {
            type: "object",
            additionalProperties: false,
            description: "How long tokens and sessions last.",
            properties: {
              access: duration("An access token.", "1h"),
              refresh: duration("A refresh token; it never outlives its session.", "30d"),
              sessionIdle: duration("A session without a refresh.", "7d"),
              sessionAbsolute: duration("A session, whatever its use.", "30d"),
            },
          },
          tokens: {
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
          },
          passwords: {
            type: "object",
            additionalProperties: false,
            description: "Which passwords are accepted for new accounts.",
            properties: {
              minimumLength: {
                type: "integer",
                minimum: 8,
                maximum: 64,
                default: 12,
                description: "In characters (Unicode code points).",
              },
            },
          },
        },
      },
    },
    providers: {
      type: "array",
      maxItems: 50,
      description: "Identity providers at which people may sign in, in the order in which they are offered.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "clientId"],
        properties: {
          name: {
            type: "string",
            pattern: "^[a-z][a-z0-9-]{0,31}$",
            description:
              "As in ?provider=. People are known by it and the provider's own id for them: do not change it later. The provider has to know the address <mount>/mobile/callback/<name>/.",
          },
          title: {
            type: "string",
            pattern: "^[^\\p{C}]{1,60}$",
            description: "What stands on its button. Default: the preset's name, or the provider's.",
          },
          preset: {
            enum: ["google", "apple", "github", "microsoft"],
            description:
              "Whose addresses, scopes and peculiarities are meant. Default: any OpenID provider, found by its issuer.",
          },
          issuer: {
            type: "string",
            maxLength: 500,
            description:
              "Where its discovery begins, exactly as the provider writes it, such as \"https://id.example.org\"; with the preset github the address of a GitHub of one's own. Default: the preset's.",
          },
          clientId: {
            type: "string",
            pattern: "^[ -~]{1,500}$",
            description: "As what this server is registered there.",
          },
          clientSecret: secret("The secret of that registration. Left out: a public client."),
          tenant: {
            type: "string",
            pattern: "^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$",
            description: "The preset microsoft: whose users may sign in. Default: common.",
          },
          teamId: {
            type: "string",
            pattern: "^[A-Z0-9]{10}$",
            description: "The preset apple: the team's identifier.",
          },
          keyId: { type: "string", pattern: "^[A-Z0-9]{10}$", description: "The preset apple: the key's identifier." },
          privateKey: secret("The preset apple: the key in PEM, as its .p8 file holds it."),
          scopes: {
            type: "array",
            minItems: 1,
            maxItems: 20,
            items: { type: "string", pattern: "^[!#-\\[\\]-~]{1,200}$" },
            description: "What is asked for. Default: name and e-mail address, in the preset's words.",
          },
          trustsEmailsOf: {
            type: "array",
            maxItems: 1_000,
            items: {
              type: "string",
              pattern: `^\\*$|${hostPattern}`,
            },
            description:
              'The domains, in small letters, for which "verified" is believed when this provider says it of an address; ["*"] for every one. Default: those that a preset\'s company runs itself, every one for github, none for microsoft and without a preset.',
          },
        },
      },
    },
    retention: {
      type: "object",
      additionalProperties: false,
      description: "How long things are kept after their end.",
      properties: {
        deletedAccounts: duration("A deleted account, until it is erased.", "30d"),
        failureRecords: duration("The record behind the request id of an error.", "30d"),
        sessions: duration("A session that is over.", "30d"),
      },
    },
    signing: {
      type: "object",
      additionalProperties: false,
      description: "The keys that sign tokens.",
      properties: {
        rotateEvery: duration("A key signs for this long; it verifies until its last token is over.", "90d"),
      },
    },
  },
} as const;

/** `trilithon.config.json` as it is written. */
export type WrittenConfiguration = Static<typeof configurationSchema>;
