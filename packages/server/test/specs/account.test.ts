import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorRow } from "#contracts/account/envelope.js";
import { refusalRow, serverError, wireRow } from "#contracts/account/errors.js";
import { messages, type Text } from "#contracts/account/messages.js";
import { routes } from "#contracts/account/routes.js";
import { testedRows } from "../contracts/account/rows.js";
import {
  idleExceptions,
  isFilled,
  keyOf,
  specAdditions,
  specEndpoints,
  specErrors,
  specRoutes,
  specRows,
  specTexts,
} from "./account-page.js";
import { provePage } from "./prove-page.js";
import { spokenRefusals } from "./refusal-samples.js";

const names = [...specEndpoints.map(({ name }) => name), undefined];
const profiles = ["contract", "hardened"] as const;

/** All that errors.ts can say: at every endpoint, under both profiles. */
const spoken: readonly ErrorRow[] = names.flatMap((endpoint) =>
  profiles.flatMap((profile) => {
    const where = { endpoint, profile };
    const rows = spokenRefusals({
      refusal: (refusal) => refusalRow(refusal, where),
      wire: (code, details) => wireRow(code, details, where),
    });
    return [...rows.map(({ answer }) => answer), serverError()];
  }),
);

/** What the page has in the places that answers fill. */
const places = ["<what>", "N", "GET", "text/plain", "xx", "8"];

/** Every message in the voice, those that answers complete with what the page has there. */
const textsIn = (voice: keyof Text): readonly string[] =>
  Object.values(messages).flatMap((message) => {
    if (typeof message !== "function") return [message[voice]];
    // A text for what is a number elsewhere: only printed.
    const complete = message as (fill: unknown) => Text;
    const onPage = specTexts.map(({ en, fa }) => (voice === "fa" ? fa : en));
    const found = places.map((fill) => complete(fill)[voice]).find((said) => onPage.includes(said));
    assert.ok(found, `the page has no ${complete("…")[voice]}`);
    return [found];
  });

test("the page's endpoint table is the route table, in its order", () => {
  assert.deepEqual(
    routes.map(({ name, method, path }) => ({ name, method, path })),
    specRoutes,
  );
});

test("the page's tables were read: 17 lines of endpoints, 51 rows of errors", () => {
  assert.equal(specRoutes.length, 17);
  assert.equal(specErrors.length, 51);
  for (const { status, message, endpoints } of specErrors)
    assert.ok((status >= 400 || status === 204) && message !== "" && endpoints.length > 0, message);
});

test("what errors.ts says is what the page says: status, code, field and words", () => {
  for (const { status, code, message, fields } of spoken) {
    const told = fields ?? [{ field: undefined, message }];
    for (const item of told) {
      const row = specErrors.find(
        (one) =>
          one.status === status &&
          (one.field === item.field || (one.field === "each" && item.field !== undefined)) &&
          isFilled(one.message, item.message.contract),
      );
      assert.ok(row, `${status} ${item.field ?? "-"} ${item.message.contract}`);
      assert.equal(code, row.code);
    }
  }
});

test("what errors.ts says carries the headers of the page", () => {
  for (const { status, code, headers } of spoken) {
    const row = specErrors.find((one) => one.status === status && (status === 204 || one.code === code));
    for (const name of row?.headers ?? []) assert.ok(headers?.[name.toLowerCase()], `${name} of ${status}`);
  }
});

test("every text has its Persian on the page, and no other", () => {
  const said = Object.values(messages).length;
  assert.equal(specTexts.length, said);
  assert.deepEqual(
    textsIn("en").map((en, at) => ({ en, fa: textsIn("fa")[at] })),
    specTexts,
  );
});

provePage({
  contract: "account",
  messages: textsIn("contract"),
  promised: specRows.map(keyOf),
  tested: testedRows.map(({ reaches, when }) => ({ key: keyOf(reaches), when })),
  idleExceptions,
  additionPlaces: specAdditions.map(({ endpoints, field, message }) =>
    specErrors.findIndex(
      (row) =>
        row.message === message &&
        (field === undefined || row.field === field || row.field === "each") &&
        endpoints.every((endpoint) => row.endpoints.includes(endpoint)),
    ),
  ),
});
