import type { Row } from "./row.js";
import { tokenRows } from "./token-rows.js";

export const meRows: readonly Row[] = tokenRows({ name: "me", method: "GET", takes: "access" });
