import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryFolder } from "./page.js";

test("the generated pages are fresh", () => {
  const args = ["--import", "tsx", join("scripts", "write-docs.ts"), "--check"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: repositoryFolder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
