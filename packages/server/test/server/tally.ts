import type { Response } from "./request.js";

/** How often each outcome came. */
export function countEach(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

/** How often each status came. */
export function countStatuses(answers: readonly Response[]): Record<string, number> {
  return countEach(answers.map(({ status }) => String(status)));
}

/** How often each status came with each message, as in `401 Invalid token`. */
export function countMessages(answers: readonly Response[]): Record<string, number> {
  return countEach(answers.map(({ status, text, json }) => `${status} ${messageOf(json) ?? text}`));
}

function messageOf(json: unknown): string | undefined {
  return typeof json === "object" && json !== null && "message" in json && typeof json.message === "string"
    ? json.message
    : undefined;
}
