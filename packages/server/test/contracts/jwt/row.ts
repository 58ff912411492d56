import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { specEndpoint, specErrors, type SpecRow } from "../../specs/jwt-page.js";
import type { Response } from "../../server/request.js";
import { expectHeaders } from "../expect-headers.js";
import type { Sent } from "../stage.js";
import type { Stage } from "./stage.js";

/** One way to run into a row of the page's error table. */
export interface Row {
  readonly reaches: SpecRow;
  /** Completes "POST /login refuses when …". */
  readonly when: string;
  /** What is sent, once all that it needs is there. */
  readonly send: (stage: Stage) => Sent | Promise<Sent>;
  /** Members beside what the page gives, or instead of it: `rate_limit` names the limit in force. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string | RegExp>>;
}

/** Makes rows that reach the same row of the page. */
export const rowsFor =
  (endpoint: string, status: number, message: string) =>
  (cases: Readonly<Record<string, Row["send"] | Sent>>, over: Pick<Row, "beside" | "headers"> = {}): readonly Row[] =>
    Object.entries(cases).map(([when, send]) => ({
      reaches: { endpoint, status, message },
      when,
      send: typeof send === "function" ? send : () => send,
      ...over,
    }));

/** Declares a test of each row. They run several at once: most of them wait for a clock or a hash. */
export function testRows(stage: Stage, rows: readonly Row[]): void {
  describe("refusals", { concurrency: 6 }, () => {
    for (const row of rows) {
      const { method, path } = specEndpoint(row.reaches.endpoint);
      test(`${method} ${path} refuses when ${row.when}: ${row.reaches.status} ${row.reaches.message}`, async () => {
        expectRow(await stage.ask(await row.send(stage)), row);
      });
    }
  });
}

/** The whole answer is the row's. */
export function expectRow(answer: Response, { reaches, beside, headers }: Omit<Row, "when" | "send">): void {
  const page = specErrors.find(({ status, message }) => status === reaches.status && message === reaches.message);
  assert.ok(page, `the page has no ${reaches.status} ${reaches.message}`);
  assert.deepEqual(
    { status: answer.status, body: answer.json },
    { status: reaches.status, body: { ...page.body, ...beside } },
  );
  for (const name of page.headers) assert.ok(answer.headers[name.toLowerCase()], `${name} is missing`);
  expectHeaders(answer);
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value instanceof RegExp) assert.match(String(answer.headers[name]), value);
    else assert.equal(answer.headers[name], value);
  }
}
