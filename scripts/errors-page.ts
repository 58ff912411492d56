import { readFileSync } from "node:fs";
import type { Page } from "./page.ts";

/** A true reason behind an answer. */
export interface Reason {
  /** Of a refusal, `invalid-fields` or `fault`. */
  readonly code: string;
  /** What stands behind it where no refusal does. */
  readonly sentence?: string;
}

/** An answer of a contract, and why it is told. */
export interface ErrorSection {
  readonly heading: string;
  readonly endpoints: readonly string[];
  readonly headers: readonly string[];
  readonly reasons: readonly Reason[];
}

/** Something that is no refusal. */
export const faultReason: Reason = {
  code: "fault",
  sentence: "Something that is no refusal: a fault of the server or of its store. The log has it under the request id.",
};

/** The page that says, for each error of a contract, which true reasons stand behind it. */
export function errorsPage(contract: string, order: string, sections: readonly ErrorSection[]): Page {
  const sentences = new Map([...sentencesIn("core/refusal.ts"), ...sentencesIn("http/wire-refusal.ts")]);
  const sentenceOf = ({ code, sentence = sentences.get(code) }: Reason): string => {
    if (sentence === undefined) throw new Error(`${code} has no sentence above it`);
    return sentence;
  };
  const written = sections.map(({ heading, endpoints, headers, reasons }) => {
    const rows = reasons.map((reason) => `| \`${reason.code}\` | ${sentenceOf(reason)} |`);
    const where = endpoints
      .map((name) => (/^any\b/.test(name) ? name.replace("any", "any endpoint") : `\`${name}\``))
      .join(", ");
    const with_ = headers.length === 0 ? "" : `, with ${headers.map((name) => `\`${name}\``).join(", ")}`;
    const at = where === "" ? "" : `At ${where}${with_}.\n\n`;
    const alone = where === "" && with_ !== "" ? `${with_.replace(/^, w/, "W")}.\n\n` : "";
    return `## ${heading}\n\n${at}${alone}| Reason | What is true when it is told |\n|---|---|\n${[...new Set(rows)].join("\n")}\n`;
  });
  const text = `# Errors of the contract \`${contract}\`

Generated from \`specs/${contract}.md\`, \`contracts/${contract}/errors.ts\` and \`core/refusal.ts\`: change them there, then run \`npm run docs\`.

A caller is told the status and the message, no more. The true reason is recorded under the \`X-Request-Id\` of the answer, and
\`trilithon error <request id>\` shows it. ${order}

${written.join("\n")}`;
  return { path: `docs/integrate/${contract}-errors.md`, text };
}

/** The sentence above each member of a file's refusals. */
function sentencesIn(file: string): readonly (readonly [code: string, sentence: string])[] {
  const source = readFileSync(new URL(`../packages/server/src/${file}`, import.meta.url), "utf8");
  return [...source.matchAll(/^ {2}\/\*\*((?:(?!\*\/)[\s\S])+)\*\/\n {2}"?([a-z-]+)"?:/gm)].map(
    ([, comment = "", code = ""]) => [
      code,
      comment
        .replace(/\n {3}\*/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    ],
  );
}
