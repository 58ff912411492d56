import type { Row } from "./row.js";
import { tokenRows } from "./token-rows.js";

export const refreshRows: readonly Row[] = tokenRows({ name: "refresh", method: "POST", takes: "refresh" });
