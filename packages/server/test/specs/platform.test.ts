import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type ErrorRow, refusalRow, serverError, statusOf, wireRow } from "#contracts/platform/errors.js";
import { fieldMessages, messages, type Text } from "#contracts/platform/messages.js";
import { limitOf, type PlatformRoute, routes } from "#contracts/platform/routes.js";
import { sessionStates } from "#core/sign-in/session-state.js";
import { contractDefaults } from "#settings/contract-defaults.js";
import { reachedByFlows, testedRows } from "../contracts/platform/rows.js";
import { packageFolder } from "../server/package-folder.js";
import { readPage } from "./page.js";
import { sourceCodes, specCodes, specEndpoints, specFieldTexts, specLimits } from "./platform-page.js";
import { spokenRefusals } from "./refusal-samples.js";

/** What no request can run into yet: what makes it appear is not served. */
const notReached: readonly string[] = [
  "critical.auth.required",
  "member.data.invalid",
  "object.limit.exceeded",
  "search.type.restricted",
];

const endpointNames = [...routes.map(({ name }) => name), undefined];

/** All that errors.ts can say, at every endpoint. */
const spoken: readonly { readonly reason: string; readonly row: ErrorRow }[] = endpointNames.flatMap((endpoint) => [
  ...spokenRefusals({
    refusal: (refusal) => refusalRow(refusal, { endpoint }),
    wire: (code, details) => wireRow(code, details, { endpoint }),
  }).map(({ code, answer }) => ({ reason: code, row: answer })),
  { reason: "fault", row: serverError() },
]);

const accessOf = (route: PlatformRoute): string => {
  switch (route.access) {
    case "session":
      return `session, \`${route.takes}\``;
    case "signature":
      return `signature, \`${route.scope}\``;
    case "user":
      return route.isFresh === true ? "user, fresh" : "user";
    case "open":
    case "token":
    case "page":
      return route.access;
  }
};

test("the page's table of endpoints is the route table, in its order", () => {
  assert.deepEqual(
    routes.map((route) => ({
      method: route.method,
      path: route.path.replace(/:(\w+)/g, "{$1}"),
      access: accessOf(route),
      limit: limitOf(route),
    })),
    specEndpoints,
  );
});

test("every path that the page's other tables name in full is served, or is left for later", () => {
  const page = readPage("specs/platform.md");
  for (const { path } of specEndpoints) assert.ok(page.includes(`\`${path}\``) || page.includes(` ${path}`), path);
});

test("every state of a session has the endpoint of its name", () => {
  const taken = new Set(routes.flatMap((route) => (route.access === "session" ? [route.takes] : [])));
  assert.deepEqual(
    Object.keys(sessionStates).filter((state) => !taken.has(state as keyof typeof sessionStates)),
    [],
  );
});

test("the page's limits are the defaults", () => {
  const defaults = Object.entries(contractDefaults.platform.addressLimits);
  assert.deepEqual(
    Object.fromEntries(defaults.map(([name, { limit, per }]) => [name, per === "1 minute" ? limit : per])),
    specLimits,
  );
});

test("the source's 37 codes, and 7 more, have the statuses of the page", () => {
  assert.equal(sourceCodes.length, 37);
  assert.equal(specCodes.length, 44);
  const source = readPage("specs/sources/error-codes.txt");
  const listed = [...source.matchAll(/\b[a-z]+(?:\.[a-z]+)+\b/g)].map(([code]) => code);
  assert.deepEqual(sourceCodes.map(({ code }) => code).toSorted(), [...new Set(listed)].toSorted());
  assert.deepEqual(Object.fromEntries(specCodes.map(({ code, status }) => [code, status])), statusOf);
  for (const { code, status } of sourceCodes)
    assert.equal(specCodes.find((one) => one.code === code)?.status, status, code);
});

test("every code has its words in three languages on the page, and no other", () => {
  assert.deepEqual(
    Object.entries(messages).map(([code, text]) => ({ code, text })),
    specCodes.map(({ code, text }) => ({ code, text })),
  );
});

test("every text of a field has its words in three languages on the page, and no other", () => {
  // A text for what is a number elsewhere: only printed.
  const texts = Object.values(fieldMessages).map((text) =>
    typeof text === "function" ? (text as (fill: unknown) => Text)("N") : text,
  );
  assert.deepEqual(texts, specFieldTexts);
});

test("no text says the same in two languages, or nothing", () => {
  for (const { en, fa, ru } of [...specCodes.map(({ text }) => text), ...specFieldTexts]) {
    assert.equal(new Set([en, fa, ru]).size, 3, en);
    assert.match(en, /^[\x20-\x7e]+$/);
    assert.match(fa, /\p{Script=Arabic}/u);
    assert.match(ru, /\p{Script=Cyrillic}/u);
  }
});

/** Of the contract, and of the pages behind mailed links. */
const wordFiles = ["messages.ts", "page-words.ts"];

test("no text of the page stands elsewhere in the contract", () => {
  const folder = join(packageFolder, "src", "contracts", "platform");
  const texts = specCodes.flatMap(({ text }) => Object.values(text));
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts") && !wordFiles.includes(name))) {
    const code = readFileSync(join(folder, file), "utf8");
    for (const text of texts) assert.ok(!code.includes(`"${text}"`), `${file} says ${text} itself`);
  }
});

test("what is refused says when to come again, and how to be let in, as its status asks", () => {
  for (const { reason, row } of spoken) {
    const status = statusOf[row.code];
    assert.equal("retry-after" in (row.headers ?? {}), status === 429 || status === 503, reason);
    assert.equal("allow" in (row.headers ?? {}), status === 405, reason);
  }
});

test("every code but those that are not reached yet is said of some refusal", () => {
  const said = new Set(spoken.map(({ row }) => row.code as string));
  assert.deepEqual(
    specCodes.map(({ code }) => code).filter((code) => !said.has(code)),
    specCodes.map(({ code }) => code).filter((code) => notReached.includes(code)),
  );
});

test("every code but those that are not reached yet is reached by a test over HTTP", () => {
  const reached = new Set([...testedRows.map(({ code }) => code), ...Object.keys(reachedByFlows)]);
  assert.deepEqual(
    specCodes
      .map(({ code }) => code)
      .filter((code) => !reached.has(code))
      .toSorted(),
    notReached.toSorted(),
  );
});

test("the tests of flows hold the codes that they are said to reach", () => {
  for (const [code, file] of Object.entries(reachedByFlows)) {
    const text = readFileSync(join(packageFolder, "test/contracts/platform", file), "utf8");
    assert.ok(/expectRefused\(/.test(text) && text.includes(`code: "${code}"`), code);
  }
});

test("every test reaches a code of the page, and no two of an endpoint and a code say the same", () => {
  const codes = new Set(specCodes.map(({ code }) => code));
  assert.deepEqual(
    testedRows.filter(({ code }) => !codes.has(code)),
    [],
  );
  const titles = testedRows.map(({ endpoint, code, when, mount }) => `${endpoint} ${code}: ${when} ${mount ?? ""}`);
  assert.deepEqual(
    titles.filter((title, at) => titles.indexOf(title) !== at),
    [],
  );
});
