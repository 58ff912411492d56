import { anyEndpointRows } from "./any-endpoint-rows.js";
import { codeRows } from "./code-rows.js";
import { exchangeTokenRows } from "./exchange-token-rows.js";
import { faultsRows, overloadRows } from "./faults-rows.js";
import { fieldsRows } from "./fields-rows.js";
import { guestRows } from "./guest-rows.js";
import { keyRows } from "./key-rows.js";
import { limitsRows } from "./limits-rows.js";
import { loginRows } from "./login-rows.js";
import { goneRows, profileDeleteRows } from "./profile-delete-rows.js";
import { profileUpdateRows } from "./profile-update-rows.js";
import { recoveryRows } from "./recovery-rows.js";
import { registerRows } from "./register-rows.js";
import type { Row } from "./row.js";
import { notMadeRows } from "./web-guest-rows.js";

/** Every row that some test file sends over HTTP. */
export const testedRows: readonly Row[] = [
  ...registerRows,
  ...codeRows,
  ...loginRows,
  ...guestRows,
  ...notMadeRows,
  ...exchangeTokenRows,
  ...profileUpdateRows,
  ...recoveryRows,
  ...profileDeleteRows,
  ...goneRows,
  ...keyRows,
  ...fieldsRows,
  ...anyEndpointRows,
  ...limitsRows,
  ...faultsRows,
  ...overloadRows,
];
