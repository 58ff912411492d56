import type { Static } from "typebox";
import { captchasSchema } from "./captchas-schema.js";
import { contractDefaults, contractNames } from "./contract-defaults.js";
import { mountSchema } from "./mount-schema.js";
import { providersSchema } from "./providers-schema.js";
import { duration } from "./schema-parts.js";
import { smsSchema } from "./sms-schema.js";

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
      description: "The contracts that are served, each at its own place.",
      default: contractNames.map((contract) => ({ contract, prefix: contractDefaults[contract].prefix })),
      items: mountSchema,
    },
    providers: providersSchema,
    captchas: captchasSchema,
    sms: smsSchema,
    retention: {
      type: "object",
      additionalProperties: false,
      description: "How long things are kept after their end.",
      properties: {
        deletedAccounts: duration("A deleted account, until it is erased.", "30d"),
        failureRecords: duration("The record behind the request id of an error.", "30d"),
        sessions: duration("A session that is over.", "30d"),
        idleGuests: duration(
          "A guest who does not come back, until he is erased; never shorter than the longest session of account mounts.",
          "90d",
        ),
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
