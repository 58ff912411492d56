import { accounts } from "./0001-accounts.js";
import { verifiedAccounts } from "./0002-verified-accounts.js";
import { clientApplications } from "./0003-client-applications.js";
import type { Step } from "./schema.js";

/** Every step by its name, which orders them. A step that was released never changes. */
export const steps: Readonly<Record<string, Step>> = {
  "0001-accounts": accounts,
  "0002-verified-accounts": verifiedAccounts,
  "0003-client-applications": clientApplications,
};
