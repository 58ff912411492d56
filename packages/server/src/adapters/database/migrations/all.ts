import { accounts } from "./0001-accounts.js";
import type { Step } from "./schema.js";

/** Every step by its name, which orders them. A step that was released never changes. */
export const steps: Readonly<Record<string, Step>> = {
  "0001-accounts": accounts,
};
