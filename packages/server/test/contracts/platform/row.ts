import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Response } from "../../server/request.js";
import { fieldTextIn, type Language, specCode } from "../../specs/platform-page.js";
import { expectHeaders } from "../expect-headers.js";
import type { MountName, PlatformSent, Stage } from "./stage.js";

/** One way to be refused with a code of the page. */
export interface Row extends Refused {
  /** As its route is called; none for what is asked of no endpoint. */
  readonly endpoint: string;
  /** Completes "login refuses when …". */
  readonly when: string;
  /** What is sent, once all that it needs is there. */
  readonly send: (stage: Stage) => PlatformSent | Promise<PlatformSent>;
  /** The mount, where it is not the one of the profile `contract`. */
  readonly mount?: MountName;
}

/** What a refusal answers. */
export interface Refused {
  readonly code: string;
  /** What is said of each field at fault, in English. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** Members beside those of every error; a pattern for those that no test can know. */
  readonly members?: Readonly<Record<string, string | RegExp>>;
  readonly headers?: Readonly<Record<string, string | RegExp>>;
}

/** Makes rows that are refused with the same code. */
export const rowsFor =
  (endpoint: string, code: string) =>
  (
    cases: Readonly<Record<string, Row["send"] | PlatformSent>>,
    over: Omit<Refused, "code"> & Pick<Row, "mount"> = {},
  ): readonly Row[] =>
    Object.entries(cases).map(([when, send]) => ({
      endpoint,
      code,
      when,
      send: typeof send === "function" ? send : () => send,
      ...over,
    }));

/**
 * Declares a test of each row, and for one row of each code at each endpoint another below `v1`, in Persian and in Russian. They run several
 * at once: most of them wait for a clock or a hash.
 */
export function testRows(stage: Stage, rows: readonly Row[]): void {
  const keyOf = ({ endpoint, code }: Row): string => `${endpoint} ${code}`;
  const ofEach = rows.filter((row, at) => rows.findIndex((other) => keyOf(other) === keyOf(row)) === at);
  describe("refusals", { concurrency: 6 }, () => {
    declare(stage, rows, "");
    declare(stage.at({ version: "v1", language: "fa" }), ofEach, ", below v1 in Persian");
    declare(stage.at({ version: "v1", language: "ru" }), ofEach, ", below v1 in Russian");
  });
}

function declare(stage: Stage, rows: readonly Row[], how: string): void {
  for (const row of rows) {
    test(`${row.endpoint} refuses when ${row.when}${how}: ${row.code}`, async () => {
      const place = stage.at(row.mount === undefined ? {} : { mount: row.mount });
      expectRefused(await place.ask(await row.send(place)), row, stage.language);
    });
  }
}

/** The whole answer is the page's. */
export function expectRefused(
  answer: Response,
  { code, fields, members = {}, headers = {} }: Refused,
  language: Language = "en",
): void {
  const { status, text } = specCode(code);
  assert.equal(answer.status, status, answer.text);
  expectHeaders(answer, { origin: null });
  for (const [name, value] of Object.entries(headers)) expectText(answer.headers[name], value);
  const { error_id, ...body } = Object(answer.json) as Readonly<Record<string, unknown>>;
  assert.equal(error_id, answer.headers["x-request-id"]);
  for (const [name, value] of Object.entries(members)) expectText(body[name], value);
  const messages =
    fields === undefined
      ? [text[language]]
      : Object.fromEntries(
          Object.entries(fields).map(([field, said]) => [field, said.map((one) => fieldTextIn(language, one))]),
        );
  const unknown = Object.fromEntries(Object.keys(members).map((name) => [name, body[name]]));
  assert.deepEqual(body, { status: "error", error_code: code, messages, ...unknown });
}

function expectText(said: unknown, expected: string | RegExp): void {
  if (expected instanceof RegExp) assert.match(String(said), expected);
  else assert.equal(said, expected);
}
