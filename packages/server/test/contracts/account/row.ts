import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Response } from "../../server/request.js";
import { filled, inPersian, keyOf, placeIn, specEndpoint, specErrors, type SpecRow } from "../../specs/account-page.js";
import { expectHeaders } from "../expect-headers.js";
import { objectIn, type Sent } from "../stage.js";
import { type Language, type MountName, type Stage, withoutSlash } from "./stage.js";

/** One way to run into a row of the page's error tables. */
export interface Row {
  readonly reaches: SpecRow;
  /** Completes "POST /login/ refuses when …". */
  readonly when: string;
  /** What is sent, once all that it needs is there. */
  readonly send: (stage: Stage) => Sent | Promise<Sent>;
  /** What stands in the message for the page's `N` and the like; whatever stands there without. */
  readonly fill?: string;
  /** The mount, where it is not the one of the profile `contract`. */
  readonly mount?: MountName;
  readonly headers?: Readonly<Record<string, string | RegExp>>;
}

/** Makes rows that reach the same row of the page. */
export const rowsFor =
  (endpoint: string, status: number, field: string | undefined, message: string) =>
  (
    cases: Readonly<Record<string, Row["send"] | Sent>>,
    over: Pick<Row, "fill" | "mount" | "headers"> = {},
  ): readonly Row[] =>
    Object.entries(cases).map(([when, send]) => ({
      reaches: { endpoint, status, field, message },
      when,
      send: typeof send === "function" ? send : () => send,
      ...over,
    }));

/** The rows of a field that fails alone: 400, one item. */
export const fieldRows = (endpoint: string, field: string, message: string) => rowsFor(endpoint, 400, field, message);

/**
 * Declares a test of each row, and for one row of each answer a test without the slash behind the path, and one in Persian. They run
 * several at once: most of them wait for a clock or a hash.
 */
export function testRows(stage: Stage, rows: readonly Row[]): void {
  const ofEach = rows.filter(
    (row, at) => rows.findIndex((other) => keyOf(other.reaches) === keyOf(row.reaches)) === at,
  );
  describe("refusals", { concurrency: 6 }, () => {
    declare(stage, rows, { language: "en", respell: (sent) => sent, how: "" });
    declare(stage, ofEach, { language: "en", respell: withoutSlash, how: ", without the slash" });
    declare(stage, ofEach, { language: "fa", respell: (sent) => sent, how: ", in Persian" });
  });
}

interface Manner {
  readonly language: Language;
  readonly respell: (sent: Sent) => Sent;
  readonly how: string;
}

function declare(stage: Stage, rows: readonly Row[], { language, respell, how }: Manner): void {
  for (const row of rows) {
    const { methods, path } = specEndpoint(row.reaches.endpoint);
    test(`${methods.join("/")} ${path} refuses when ${row.when}${how}: ${row.reaches.status} ${row.reaches.message}`, async () => {
      const place = stage.at({ language, ...(row.mount === undefined ? {} : { mount: row.mount }) });
      expectRow(await place.ask(respell(await row.send(place))), row, language);
    });
  }
}

/** The whole answer is the row's. */
export function expectRow(answer: Response, row: Omit<Row, "when" | "send">, language: Language = "en"): void {
  const { reaches, headers } = row;
  const page = specErrors.find(
    ({ endpoints, status, field, message }) =>
      endpoints.includes(reaches.endpoint) &&
      status === reaches.status &&
      (field === reaches.field || field === "each") &&
      message === reaches.message,
  );
  assert.ok(page, `the page has no ${keyOf(reaches)}`);
  assert.equal(answer.status, reaches.status, answer.text);
  expectHeaders(answer);
  for (const name of page.headers) assert.ok(answer.headers[name.toLowerCase()], `${name} is missing`);
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value instanceof RegExp) assert.match(String(answer.headers[name]), value);
    else assert.equal(answer.headers[name], value);
  }
  if (reaches.status === 204) {
    assert.deepEqual([answer.text, answer.headers["x-error-message"]], ["", reaches.message]);
    assert.equal(answer.headers["content-length"], undefined);
    return;
  }
  const { field } = reaches;
  const told = language === "fa" ? inPersian(reaches.message) : reaches.message;
  const message = filled(told, row.fill ?? placeIn(told, saidIn(answer, field)));
  if (answer.status === 429) assert.ok(message.includes(String(answer.headers["retry-after"])), message);
  const validation = "There were validation errors.";
  assert.deepEqual(answer.json, {
    status: "error",
    code: page.code,
    status_code: reaches.status,
    message: field === undefined ? message : language === "fa" ? inPersian(validation) : validation,
    errors: field === undefined ? [] : [{ field, message }],
  });
}

/** What was said of the field, or at all. */
function saidIn(answer: Response, field: string | undefined): string {
  const { message, errors } = objectIn(answer);
  if (field === undefined) return String(message);
  const [item]: readonly unknown[] = Array.isArray(errors) ? errors : [];
  return typeof item === "object" && item !== null && "message" in item ? String(item.message) : "";
}
