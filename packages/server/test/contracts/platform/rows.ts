import { anyEndpointRows } from "./any-endpoint-rows.js";
import { faultsRows } from "./faults-rows.js";
import { keyRows } from "./key-rows.js";
import { limitsRows } from "./limits-rows.js";
import type { Row } from "./row.js";
import { tokenRows } from "./token-rows.js";

/** Every row that some test file sends over HTTP. */
export const testedRows: readonly Row[] = [...keyRows, ...anyEndpointRows, ...tokenRows, ...limitsRows, ...faultsRows];
