import type { Answer } from "#http/answer.js";

/** Every error of the contract: `{"message": "…"}`; the one row that has members beside it writes its own body. */
export const errorAnswer = (
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers, body: { message } });
