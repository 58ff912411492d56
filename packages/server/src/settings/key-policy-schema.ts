import type { Static } from "typebox";
import { defaultKeyPolicy } from "#core/api-keys/key-policy.js";
import { durationPattern } from "./duration.js";

const flag = (description: string, standard: boolean) => ({ type: "boolean", description, default: standard }) as const;

const list = <const S extends object>(description: string, items: S, standard: readonly string[]) =>
  ({ type: "array", maxItems: 1_000, uniqueItems: true, items, description, default: standard }) as const;

const { captcha, criticalChanges, factors, signUp, recovery, language } = defaultKeyPolicy;
const recoveryMethods = { enum: ["PHONE", "MAIL", "QUESTION"] } as const;

/** The policy of an API key as a JSON Schema: what `key create`, `key policy` and `key test` check and what is published are this one object. */
export const keyPolicySchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "urn:trilithon:key-policy:1",
  title: "Policy of an API key",
  description: "What a client application may do, and how strictly. Every field may be left out.",
  type: "object",
  additionalProperties: false,
  properties: {
    $schema: { type: "string", description: "Where this schema lies, for editors; not read by the server." },
    profile: {
      enum: ["contract", "hardened"],
      description:
        "In place of the mount's. contract: letter for letter. hardened: as specs/hardened.md. Default: the mount's.",
    },
    captcha: {
      type: "object",
      additionalProperties: false,
      description: "Where users have to show that they are no programs.",
      properties: {
        provider: {
          type: "string",
          pattern: "^[a-z][a-z0-9-]{0,31}$",
          default: captcha.provider,
          description: "altcha, the server's own, or the name of a captcha in trilithon.config.json.",
        },
        flows: list("In which flows it is asked for.", { enum: ["signup", "login", "recovery"] }, captcha.flows),
      },
    },
    criticalChanges: flag(
      "Whether critical changes of signed-in users need a password or a code as well.",
      criticalChanges,
    ),
    factors: {
      type: "object",
      additionalProperties: false,
      description: "What a sign-in needs after its first factor, for every user of the key.",
      properties: {
        otp: flag("A code, of users who can get one. A user may switch it on for himself in any case.", factors.otp),
        memorable: flag("Letters of memorable words, of users who have set some.", factors.memorable),
        controlQuestion: flag(
          "Whether users may set a control question. Answers can be guessed: ASVS 6.4.2 forbids such questions.",
          factors.controlQuestion,
        ),
      },
    },
    signUp: {
      type: "object",
      additionalProperties: false,
      description: "What a new user has to do.",
      properties: { password: flag("Whether he sets a password before he is in.", signUp.password) },
    },
    recovery: {
      type: "object",
      additionalProperties: false,
      description: "How users who have lost their password come back.",
      properties: {
        methods: list(
          "The allowed ones. QUESTION needs factors.controlQuestion, and waits for 24 hours.",
          recoveryMethods,
          recovery.methods,
        ),
        defaultMethod: {
          ...recoveryMethods,
          description:
            "For requests that name none; one of methods. Default: PHONE where it is allowed, else the first of methods.",
        },
        linkTo: {
          type: "string",
          maxLength: 2_000,
          description:
            'Where the mailed link leads, such as "https://app.example.org/recover"; the token follows as #token=…. Default: a page of this server.',
        },
      },
    },
    scopes: list(
      "What signed requests may do.",
      { enum: ["users.read", "users.write", "users.status", "search", "members.validate", "personal-data"] },
      [],
    ),
    addresses: list(
      'Client addresses and ranges that may use the key, such as "192.0.2.7" and "2001:db8::/32". None named: all.',
      { type: "string", maxLength: 64 },
      [],
    ),
    searchTypes: list("What may be searched.", { enum: ["user", "entry", "session", "event"] }, []),
    origins: list(
      "Origins of web pages that may use the key.",
      { type: "string", maxLength: 300, description: 'An origin such as "https://app.example.org".' },
      [],
    ),
    limits: {
      type: "object",
      description: "Requests per client address, by endpoint as in addressLimits of the mount, and in their place.",
      default: {},
      additionalProperties: {
        type: "object",
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
      },
    },
    language: {
      enum: ["en", "fa", "ru"],
      default: language,
      description: "Of users and answers where nobody names another.",
    },
  },
} as const;

/** A policy as it is written. */
export type WrittenKeyPolicy = Static<typeof keyPolicySchema>;
