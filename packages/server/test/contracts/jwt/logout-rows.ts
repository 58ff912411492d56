import type { Row } from "./row.js";
import { tokenRows } from "./token-rows.js";

export const logoutRows: readonly Row[] = tokenRows({ name: "logout", method: "POST", takes: "refresh" });
