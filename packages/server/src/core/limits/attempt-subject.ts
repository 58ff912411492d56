import type { Secrets } from "../ports.js";
import type { Factor } from "../refusal.js";

/** Under which key the tries of an identity at a factor are counted: the account's id, or the value asked for when there is none. */
export const attemptSubject = (secrets: Secrets, factor: Factor | "code", identity: string): string =>
  secrets.digest("attempt-subject", `${factor} ${identity}`);
