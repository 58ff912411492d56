import { readFileSync } from "node:fs";
import { speakFault, speakRefusal, speakWireRefusal } from "../packages/server/src/contracts/jwt/errors.ts";
import { messages } from "../packages/server/src/contracts/jwt/messages.ts";
import { specErrors } from "../packages/server/test/specs/jwt-page.ts";
import { spokenRefusals } from "../packages/server/test/specs/refusal-samples.ts";
import type { Page } from "./page.ts";

/** The page that says, for each error of the contract `jwt`, which true reasons stand behind it. */
export function jwtErrorPages(): readonly Page[] {
  return [{ path: "docs/integrate/jwt-errors.md", text: page() }];
}

interface Reason {
  readonly code: string;
  readonly sentence: string;
  readonly status: number;
  readonly message: string;
}

const fields = "A field that the endpoint needs is absent, `null`, empty or of another kind.";
const fault =
  "Something that is no refusal: a fault of the server or of its store. The log has it under the request id.";

function page(): string {
  const reasons = allReasons();
  const sections = specErrors.map(({ endpoints, status, message, headers }) => {
    const behind = reasons.filter((reason) => reason.status === status && reason.message === message);
    const rows = behind.map(({ code, sentence }) => `| \`${code}\` | ${sentence} |`);
    const where = endpoints.map((name) => (name === "any" ? "any endpoint" : `\`${name}\``)).join(", ");
    const with_ = headers.length === 0 ? "" : `, with ${headers.map((name) => `\`${name}\``).join(", ")}`;
    return `## ${status} ${message}\n\nAt ${where}${with_}.\n\n| Reason | What is true when it is told |\n|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Errors of the contract \`jwt\`

Generated from \`specs/jwt.md\`, \`contracts/jwt/errors.ts\` and \`core/refusal.ts\`: change them there, then run \`npm run docs\`.

A caller is told the status and the message, no more. The true reason is recorded under the \`X-Request-Id\` of the answer, and
\`trilithon error <request id>\` shows it. The sections stand in the order of the checks.

${sections.join("\n")}`;
}

function allReasons(): readonly Reason[] {
  const sentences = new Map([...sentencesIn("core/refusal.ts"), ...sentencesIn("http/wire-refusal.ts")]);
  const spoken = spokenRefusals({ refusal: speakRefusal, wire: speakWireRefusal }).map(({ code, answer }) => {
    const sentence = sentences.get(code);
    if (sentence === undefined) throw new Error(`${code} has no sentence above it`);
    return { code, sentence, status: answer.status, message: messageOf(answer.body) };
  });
  const missing = [messages.registrationFieldsRequired, messages.loginFieldsRequired].map((message) => ({
    code: "invalid-fields",
    sentence: fields,
    status: 400,
    message,
  }));
  const faults = [speakFault("register"), speakFault(undefined)].map(({ status, body }) => ({
    code: "fault",
    sentence: fault,
    status,
    message: messageOf(body),
  }));
  // What only commands run into is told nobody over HTTP.
  return [...spoken.filter(({ status }) => status !== 500), ...missing, ...faults];
}

function messageOf(body: object | string | undefined): string {
  if (typeof body !== "object" || !("message" in body)) throw new Error("an error without a message");
  return String(body.message);
}

/** The sentence above each member of a file's refusals. */
function sentencesIn(file: string): readonly (readonly [code: string, sentence: string])[] {
  const source = readFileSync(new URL(`../packages/server/src/${file}`, import.meta.url), "utf8");
  return [...source.matchAll(/^ {2}\/\*\* (.+) \*\/\n {2}"?([a-z-]+)"?:/gm)].map(([, sentence = "", code = ""]) => [
    code,
    sentence,
  ]);
}
