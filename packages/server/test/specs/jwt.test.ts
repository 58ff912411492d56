import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { speakFault } from "#contracts/jwt/errors.js";
import { messages } from "#contracts/jwt/messages.js";
import { routes } from "#contracts/jwt/routes.js";
import type { Answer } from "#http/answer.js";
import { testedRows } from "../contracts/jwt/rows.js";
import { packageFolder } from "../server/package-folder.js";
import { idleExceptions, keyOf, specAdditions, specEndpoints, specErrors, specRows } from "./jwt-page.js";
import { readPage, repositoryFolder } from "./page.js";
import { spokenRefusals } from "./refusal-samples.js";

/** All that errors.ts can say. */
const spoken: readonly Answer[] = [
  ...spokenRefusals().map(({ answer }) => answer),
  speakFault("register"),
  speakFault("login"),
  speakFault(undefined),
];

const told = ({ status, body }: Answer): string => `${status} ${JSON.stringify(body)}`;

test("the page's endpoint table is the route table, in its order", () => {
  assert.deepEqual(
    routes.map(({ name, method, path }) => ({ name, method, path })),
    specEndpoints,
  );
});

test("the page's tables were read: 6 endpoints, 20 rows of errors", () => {
  assert.equal(specEndpoints.length, 6);
  assert.equal(specErrors.length, 20);
  for (const { status, message } of specErrors) assert.ok(status >= 400 && message !== "");
});

test("the page's errors are what errors.ts says, word for word, and no more", () => {
  const fields = [messages.registrationFieldsRequired, messages.loginFieldsRequired].map((message) => ({
    status: 400,
    body: { message },
  }));
  const page = specErrors.map(({ status, body }) => `${status} ${JSON.stringify(body)}`);
  assert.deepEqual([...new Set([...spoken, ...fields].map(told))].toSorted(), [...new Set(page)].toSorted());
});

test("what errors.ts says carries the headers of the page", () => {
  for (const answer of spoken) {
    const row = specErrors.find(({ status, body }) => told(answer) === `${status} ${JSON.stringify(body)}`);
    for (const name of row?.headers ?? [])
      assert.ok(answer.headers?.[name.toLowerCase()], `${name} of ${told(answer)}`);
  }
});

test("every message stands on the page, and no text of the page stands elsewhere in the contract", () => {
  const page = readPage("specs/jwt.md");
  for (const message of Object.values(messages)) assert.ok(page.includes(message), message);
  const folder = join(packageFolder, "src", "contracts", "jwt");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "messages.ts")) {
    const code = readFileSync(join(folder, file), "utf8");
    for (const message of Object.values(messages))
      assert.ok(!code.includes(`"${message}"`), `${file} says ${message} itself`);
  }
});

test("every row of the page is reached by a test, at each endpoint it names", () => {
  const reached = new Set(testedRows.map(({ reaches }) => keyOf(reaches)));
  assert.deepEqual(
    specRows.map(keyOf).filter((key) => !reached.has(key)),
    [],
  );
});

test("every test reaches a row of the page", () => {
  const rows = new Set(specRows.map(keyOf));
  assert.deepEqual(
    testedRows
      .filter(({ reaches }) => !rows.has(keyOf(reaches)))
      .map(({ reaches, when }) => `${keyOf(reaches)}: ${when}`),
    [],
  );
});

test("no two tests of a row say the same", () => {
  const titles = testedRows.map(({ reaches, when }) => `${keyOf(reaches)}: ${when}`);
  assert.deepEqual(
    titles.filter((title, at) => titles.indexOf(title) !== at),
    [],
  );
});

test("every exception that the page makes excepts something", () => {
  assert.deepEqual(idleExceptions, []);
});

test("what this server adds belongs to rows of the page, in their order", () => {
  const places = specAdditions.map(({ endpoints, status, message }) =>
    specErrors.findIndex(
      (row) => row.status === status && row.message === message && row.endpoints.join() === endpoints.join(),
    ),
  );
  assert.ok(places.length > 0 && !places.includes(-1), String(places));
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
  );
});

test("the generated pages are fresh", () => {
  const args = ["--import", "tsx", join("scripts", "write-docs.ts"), "--check"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: repositoryFolder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
