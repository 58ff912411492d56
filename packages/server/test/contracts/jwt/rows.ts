import { anyEndpointRows } from "./any-endpoint-rows.js";
import { faultsRows, overloadRows } from "./faults-rows.js";
import { limitsRows } from "./limits-rows.js";
import { loginRows } from "./login-rows.js";
import { logoutRows } from "./logout-rows.js";
import { meRows } from "./me-rows.js";
import { refreshRows } from "./refresh-rows.js";
import { registerRows } from "./register-rows.js";
import type { Row } from "./row.js";
import { verifyRows } from "./verify-rows.js";

/** Every row that some test file sends over HTTP. */
export const testedRows: readonly Row[] = [
  ...registerRows,
  ...loginRows,
  ...refreshRows,
  ...logoutRows,
  ...meRows,
  ...verifyRows,
  ...anyEndpointRows,
  ...limitsRows,
  ...faultsRows,
  ...overloadRows,
];
