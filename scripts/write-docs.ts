import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { keyPolicyPages } from "./key-policy-pages.ts";
import type { Page } from "./page.ts";
import { platformStatesPage } from "./platform-states-page.ts";
import { settingsPages } from "./settings-pages.ts";
import { accountErrorsPage } from "./write-account-errors.ts";
import { jwtErrorsPage } from "./write-jwt-errors.ts";
import { platformErrorsPage } from "./write-platform-errors.ts";

const pages: readonly Page[] = [
  ...settingsPages,
  ...keyPolicyPages,
  accountErrorsPage(),
  jwtErrorsPage(),
  platformErrorsPage(),
  platformStatesPage,
];

const root = new URL("../", import.meta.url);
// Writes none, and fails when one is stale.
const isCheck = process.argv.includes("--check");
for (const { path, text } of pages) {
  const place = fileURLToPath(new URL(path, root));
  if (!isCheck) writeFileSync(place, text);
  else if (readFileSync(place, "utf8") !== text) {
    process.stderr.write(`${path} is stale: run npm run docs\n`);
    process.exitCode = 1;
  }
}
