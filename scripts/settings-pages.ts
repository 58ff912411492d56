import { configurationSchema } from "../packages/server/src/settings/config-schema.ts";
import { settingRows } from "../packages/server/src/settings/settings.ts";
import { cell, code, fieldRows } from "./field-rows.ts";
import type { Page } from "./page.ts";

const rows = settingRows.map(
  (row) => `| \`${row.name}\` | ${row.type} | ${code(row.default)} | ${cell(row.sentence)} | ${code(row.example)} |`,
);

const settings = `# Settings

Generated from the table in \`packages/server/src/settings/settings.ts\`: change it there, then run \`npm run docs\`.

Everything is optional. Settings are environment variables; what is served, and how strictly, stands in a file
([below](#the-configuration-file)). A variable that is empty counts as unset. A value that cannot be used, and a variable
beginning with \`TRILITHON_\` that this server does not know, stop the start; all faults are named at once.

## Environment

| Variable | Form | Default | Meaning | Example |
|---|---|---|---|---|
${rows.join("\n")}

## The secret

With the embedded database and without \`SECRET_KEY\`, the first start makes \`secret.key\` in \`DATA_DIR\`, readable for its owner only;
in production the start reminds of it. It is never made anew beside a database that is there already: another secret would make every
password wrong. A secret that can be guessed is refused.

To rotate it, start every node with the old secret followed by the new one (\`SECRET_KEY=old,new\`), then every node with the new one first
(\`SECRET_KEY=new,old\`). So no node meets a version it does not know. Passwords are hashed again when their owners sign in, so keep the
old secret in the list as long as passwords from before are to be right.

No step gives anybody fresh tries: the failed sign-ins of an account are counted under its id, without the secret, and a disabled password
stays disabled. What is kept under a hash keyed by the first secret of the list begins anew when another one comes first: the counters of
addresses that no account holds, and known devices, which are known again with their next sign-in.

## The configuration file

\`trilithon.config.json\`, or the file that \`TRILITHON_CONFIG\` names. Its form is the JSON Schema
[\`trilithon.config.schema.json\`](trilithon.config.schema.json); name that file as \`$schema\` and an editor completes and checks it.
A fault is told by its path in the file. Without a file the contracts \`jwt\` and \`account\` are served at \`/auth\` and \`/account\`.

\`\`\`json
{
  "mounts": [
    {
      "contract": "jwt",
      "prefix": "/auth",
      "cors": { "origins": ["https://app.example.org"] },
      "addressLimits": { "login": { "limit": 5, "per": "1 minute" } },
      "lifetimes": { "access": "15m" },
      "tokens": { "rotation": "always" }
    },
    {
      "contract": "account",
      "prefix": "/",
      "profile": "hardened",
      "language": "negotiate",
      "handoff": { "redirectUris": ["com.example.app:/signed-in"] }
    }
  ],
  "providers": [
    { "name": "google", "preset": "google", "clientId": "…", "clientSecret": "file:/run/secrets/google" },
    { "name": "sso", "title": "Example Ltd", "issuer": "https://sso.example.org", "clientId": "trilithon", "trustsEmailsOf": ["example.org"] }
  ],
  "signing": { "rotateEvery": "30d" }
}
\`\`\`

A mount at \`/\` has the whole host; others may lie below it, as \`/auth\` does here. Two mounts that would answer the same path, and a mount
that would answer one of the server's own (\`/healthz\`, \`/readyz\`, \`/metrics\`, \`/dev/…\`, \`/reset-password\`, \`/hosted.css\`), stop the start.

A secret of a provider may stand in a file of its own: \`"file:/run/secrets/google"\`. Secrets are read at the start, and told nowhere.

| Field | Default | Meaning |
|---|---|---|
${fieldRows(configurationSchema, "").join("\n")}
`;

/** The pages about settings. */
export const settingsPages: readonly Page[] = [
  { path: "docs/operate/settings.md", text: settings },
  { path: "docs/operate/trilithon.config.schema.json", text: `${JSON.stringify(configurationSchema, undefined, 2)}\n` },
];
