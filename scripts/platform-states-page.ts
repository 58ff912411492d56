import { beginnings, sessionStates } from "../packages/server/src/core/sign-in/session-state.ts";
import type { Page } from "./page.ts";

const endpointOf = (request: string): string => `\`/auth/${request.replace(/^(signup|recovery)-/, "$1/")}\``;

const edges = [
  ...Object.entries(beginnings).flatMap(([from, places]) => places.map((to) => [`${from}(["${from}"])`, to] as const)),
  ...Object.entries(sessionStates).flatMap(([from, { next }]) => next.map((to) => [from, to] as const)),
];

const text = `# The states of a sign-in

Generated from \`packages/server/src/core/sign-in/session-state.ts\`: change it there, then run \`npm run docs\`.

A sign-in, sign-up or recovery of the contract \`platform\` is a session that moves through these states. Its token is good for the requests
of its state alone, and each right answer gives it another; every other request is \`auth.session.invalid\`. Rounded: what begins it.

\`\`\`mermaid
flowchart LR
${edges.map(([from, to]) => `  ${from} --> ${to}`).join("\n")}
\`\`\`

From \`recovery-setpassword\` to \`login\`, and from \`checkpassword\` to \`acceptdisclaimers\`, leads the profile \`hardened\` alone: there nobody is signed
in by a recovery, and whether somebody has accepted a text is told to nobody who has not proven who he is.

| State | Takes | Leads to |
|---|---|---|
${Object.entries(sessionStates)
  .map(
    ([state, { takes, next }]) =>
      `| \`${state}\` | ${takes.map(endpointOf).join(", ")} | ${next.map((to) => `\`${to}\``).join(", ")} |`,
  )
  .join("\n")}
`;

/** The page about session states. */
export const platformStatesPage: Page = { path: "docs/integrate/platform-states.md", text };
