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
            pattern: "^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$",
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
