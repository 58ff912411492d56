import type { SendingBudget } from "#core/limits/sending-budget.js";
import { smsSending } from "#core/limits/sms-sending.js";
import { durationPattern, formatDuration } from "./duration.js";
import { namePattern, secret } from "./schema-parts.js";
import { smsTemplateNames } from "./sms-templates.js";

const most = (description: string, standard: number) =>
  ({ type: "integer", minimum: 1, maximum: 10_000_000, description, default: standard }) as const;

const perHourAndDay = ({ perHour, perDay }: SendingBudget) =>
  ({ perHour: most("In one hour.", perHour), perDay: most("In one day.", perDay) }) as const;

const budget = (description: string, standard: SendingBudget) =>
  ({ type: "object", additionalProperties: false, description, properties: perHourAndDay(standard) }) as const;

const texts = {
  type: "object",
  additionalProperties: { type: "string", maxLength: 1_000 },
} as const;

const values = (description: string) =>
  ({
    type: "array",
    maxItems: 1_000,
    items: { type: "string", maxLength: 100 },
    description,
  }) as const;

const template = {
  type: "object",
  additionalProperties: false,
  required: ["encoding", "fields"],
  properties: {
    method: { enum: ["POST", "PUT", "GET"], description: "Default: POST." },
    headers: texts,
    encoding: { enum: ["json", "form", "query"], description: "How the fields are sent; query with GET." },
    fields: { type: "object", additionalProperties: true },
    hopelessStatuses: {
      type: "array",
      maxItems: 100,
      items: { type: "integer", minimum: 400, maximum: 499 },
      description: "Statuses of refusals that the same message would always get. Default: 400, 413, 422.",
    },
    verdict: {
      type: "object",
      additionalProperties: false,
      required: ["at", "accepted"],
      properties: {
        at: {
          type: "string",
          pattern: "^[A-Za-z0-9_-]{1,60}(?:\\[\\])?(?:\\.[A-Za-z0-9_-]{1,60}(?:\\[\\])?){0,9}$",
          description: 'Where the value stands, such as "messages[].status", [] for each one.',
        },
        accepted: values("The message was taken."),
        refused: values("It was certainly not."),
        hopeless: values("It was certainly not, and never will be."),
      },
    },
  },
} as const;

/** SMS. */
export const smsSchema = {
  type: "object",
  additionalProperties: false,
  description: "SMS: where they are handed to, and how many at most.",
  properties: {
    gateways: {
      type: "array",
      maxItems: 10,
      description:
        "HTTP gateways, in the order in which they are asked: the next one when the one before has certainly refused a message. SMS_URL is the short form of one.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name"],
        properties: {
          name: {
            type: "string",
            pattern: namePattern,
            description: "As logs and commands call it, and messages under way remember it.",
          },
          url: {
            type: "string",
            maxLength: 2_000,
            description:
              "Where it takes messages: https, or http on this machine (and elsewhere outside of production). {user} and {secret} are filled in. Default: the template's.",
          },
          template: {
            description:
              "How it is spoken to: a name, or an object with method, headers, encoding, fields, hopelessStatuses and verdict (sms.md). Default: plain.",
            anyOf: [{ enum: smsTemplateNames }, template],
          },
          from: {
            type: "string",
            pattern: "^[ -~]{1,100}$",
            description: "Whom messages come from: a number, or a name that the gateway knows.",
          },
          user: { type: "string", pattern: "^[!-9;-~]{1,500}$", description: "As what the gateway knows this server." },
          secret: secret("What the gateway knows this server by: a password, token or key."),
          timeout: {
            type: "string",
            pattern: durationPattern,
            description: "How long an answer is awaited, a minute at most.",
            default: "10s",
          },
        },
      },
    },
    connections: {
      type: "integer",
      minimum: 1,
      maximum: 99,
      description: "Messages under way at once at most, of each server.",
      default: 5,
    },
    countries: {
      type: "array",
      minItems: 1,
      maxItems: 300,
      items: { type: "string", pattern: "^(?:[A-Z]{2}|[1-9][0-9]{0,3})$" },
      description:
        'Where SMS are sent to: two letters (ISO 3166-1), or the calling code of what is no country\'s, such as "882". Default: everywhere.',
    },
    limits: {
      type: "object",
      additionalProperties: false,
      description: "How many SMS with codes may be sent, by each realm; each one counts in all of these.",
      properties: {
        number: {
          type: "object",
          additionalProperties: false,
          description: "To one number.",
          properties: {
            pause: {
              type: "string",
              pattern: durationPattern,
              description: "Between two of them.",
              default: formatDuration(smsSending.number.pauseIn),
            },
            ...perHourAndDay(smsSending.number),
          },
        },
        range: budget("To the 10,000 numbers that differ in their last four digits alone.", smsSending.range),
        country: budget("To one country.", smsSending.country),
        client: budget("For one API key.", smsSending.client),
        realm: budget("In all.", smsSending.realm),
      },
    },
  },
} as const;
