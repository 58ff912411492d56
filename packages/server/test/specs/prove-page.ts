import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageFolder } from "../server/package-folder.js";
import { readPage } from "./page.js";

/** A contract's page and its tests, each row and each test under the text of the answer that it is about. */
export interface PageProof {
  readonly contract: string;
  /** Every text that the contract says. */
  readonly messages: readonly string[];
  /** Every answer that the page promises. */
  readonly promised: readonly string[];
  /** Every answer that a test runs into, and when. */
  readonly tested: readonly { readonly key: string; readonly when: string }[];
  /** Exceptions of the page that except nothing. */
  readonly idleExceptions: readonly unknown[];
  /** For each addition of the page the place of the row it belongs to, or -1. */
  readonly additionPlaces: readonly number[];
}

/** Declares the tests that hold a contract's page, code and tests to each other. */
export function provePage({ contract, messages, promised, tested, idleExceptions, additionPlaces }: PageProof): void {
  test("every message stands on the page, and no text of the page stands elsewhere in the contract", () => {
    const page = readPage(`specs/${contract}.md`);
    for (const message of messages) assert.ok(page.includes(message), message);
    const folder = join(packageFolder, "src", "contracts", contract);
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "messages.ts")) {
      const code = readFileSync(join(folder, file), "utf8");
      for (const message of messages) assert.ok(!code.includes(`"${message}"`), `${file} says ${message} itself`);
    }
  });

  test("every row of the page is reached by a test, at each endpoint it names", () => {
    const reached = new Set(tested.map(({ key }) => key));
    assert.deepEqual(
      promised.filter((key) => !reached.has(key)),
      [],
    );
  });

  test("every test reaches a row of the page", () => {
    const rows = new Set(promised);
    assert.deepEqual(
      tested.filter(({ key }) => !rows.has(key)),
      [],
    );
  });

  test("no two tests of a row say the same", () => {
    const titles = tested.map(({ key, when }) => `${key}: ${when}`);
    assert.deepEqual(
      titles.filter((title, at) => titles.indexOf(title) !== at),
      [],
    );
  });

  test("every exception that the page makes excepts something", () => {
    assert.deepEqual(idleExceptions, []);
  });

  test("what this server adds belongs to rows of the page, in their order", () => {
    assert.ok(additionPlaces.length > 0 && !additionPlaces.includes(-1), String(additionPlaces));
    assert.deepEqual(
      additionPlaces,
      additionPlaces.toSorted((one, other) => one - other),
    );
  });
}
