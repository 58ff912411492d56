import { hostPattern, namePattern, secret } from "./schema-parts.js";

/** One identity provider: in the configuration, and in the file that `trilithon provider add` reads. */
export const providerSchema = {
  type: "object",
  additionalProperties: false,
  required: ["name", "clientId"],
  properties: {
    name: {
      type: "string",
      pattern: namePattern,
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
    nativeClientIds: {
      type: "array",
      maxItems: 20,
      items: { type: "string", pattern: "^[ -~]{1,500}$" },
      description:
        "Other client ids at the same provider, of apps that bring an ID token of their own (platform mounts). Default: none, only clientId is taken.",
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
} as const;

/** The identity providers. */
export const providersSchema = {
  type: "array",
  maxItems: 50,
  description: "Identity providers at which people may sign in, in the order in which they are offered.",
  items: providerSchema,
} as const;
