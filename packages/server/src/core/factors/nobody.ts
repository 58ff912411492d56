import type { AccountId } from "../ids.js";

/** The id of no account: what is read where nobody is there, so that it costs the same. */
export const nobody = "00000000-0000-7000-8000-000000000000" as AccountId;
