import { keyPolicySchema } from "../packages/server/src/settings/key-policy-schema.ts";
import { fieldRows } from "./field-rows.ts";
import type { Page } from "./page.ts";

const fields = `# The policy of an API key

Generated from \`packages/server/src/settings/key-policy-schema.ts\`: change it there, then run \`npm run docs\`. How policies are used stands in
[api-keys.md](api-keys.md). Their form is the JSON Schema [\`key-policy.schema.json\`](key-policy.schema.json); name that file as \`$schema\` and
an editor completes and checks a policy.

| Field | Default | Meaning |
|---|---|---|
${fieldRows(keyPolicySchema, "").join("\n")}
`;

/** The pages about policies of API keys. */
export const keyPolicyPages: readonly Page[] = [
  { path: "docs/operate/key-policy.md", text: fields },
  { path: "docs/operate/key-policy.schema.json", text: `${JSON.stringify(keyPolicySchema, undefined, 2)}\n` },
];
