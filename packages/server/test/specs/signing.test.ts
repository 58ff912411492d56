import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { macOf } from "../server/signing.js";
import { repositoryFolder } from "./page.js";

const folder = join(repositoryFolder, "docs", "integrate");
const page = readFileSync(join(folder, "sign-requests.md"), "utf8");

test("the page about signed requests names every example", () => {
  const named = [...page.matchAll(/\]\(signing\/([\w.-]+)\)/g)].map(([, file]) => file);
  assert.deepEqual(new Set(named), new Set(readdirSync(join(folder, "signing"))));
});

test("its signature is the one of its six lines", () => {
  const blocks = [...page.matchAll(/^```\n([^`]+)\n```$/gm)].map(([, text = ""]) => text);
  const [lines = "", mac = ""] = blocks.slice(1);
  const [, secret = ""] = /With the secret `(\w+)`/.exec(page) ?? [];
  assert.equal(lines.split("\n").length, 6);
  assert.equal(mac, macOf(secret, lines));
});
