import { anyEndpointRows } from "./any-endpoint-rows.js";
import { enrolmentRows } from "./enrolment-rows.js";
import { faultsRows } from "./faults-rows.js";
import { keyRows } from "./key-rows.js";
import { limitsRows } from "./limits-rows.js";
import { recoveryRows } from "./recovery-rows.js";
import type { Row } from "./row.js";
import { signInRows } from "./sign-in-rows.js";
import { signUpRows } from "./sign-up-rows.js";
import { tokenRows } from "./token-rows.js";
import { usersRows } from "./users-rows.js";

/** Every row that some test file sends over HTTP. */
export const testedRows: readonly Row[] = [
  ...keyRows,
  ...anyEndpointRows,
  ...tokenRows,
  ...limitsRows,
  ...faultsRows,
  ...signInRows,
  ...signUpRows,
  ...recoveryRows,
  ...enrolmentRows,
  ...usersRows,
];

/** Codes that no single request runs into: the tests in which flows reach them, on every engine, and compare the whole answer. */
export const reachedByFlows: Readonly<Record<string, string>> = {
  "auth.oauth.failed": "oauth.test.ts",
  "auth.oauth.notfound": "oauth.test.ts",
  "oauth.identifier.used": "user-entries.test.ts",
};
