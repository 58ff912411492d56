import assert from "node:assert/strict";
import { test } from "node:test";
import { speakFault, speakRefusal, speakWireRefusal } from "#contracts/jwt/errors.js";
import { messages } from "#contracts/jwt/messages.js";
import { hardenedRoutes, routes } from "#contracts/jwt/routes.js";
import type { Answer } from "#http/answer.js";
import { testedRows } from "../contracts/jwt/rows.js";
import {
  hardenedEndpoints,
  idleExceptions,
  keyOf,
  specAdditions,
  specEndpoints,
  specErrors,
  specRows,
} from "./jwt-page.js";
import { provePage } from "./prove-page.js";
import { spokenRefusals } from "./refusal-samples.js";

/** All that errors.ts can say. */
const spoken: readonly Answer[] = [
  ...spokenRefusals({ refusal: speakRefusal, wire: speakWireRefusal }).map(({ answer }) => answer),
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
  assert.deepEqual(
    hardenedRoutes.map(({ name, method, path }) => ({ name, method, path })),
    hardenedEndpoints,
  );
});

test("the page's tables were read: 6 endpoints and 2 of hardened mounts, 21 rows of errors", () => {
  assert.equal(specEndpoints.length, 6);
  assert.equal(hardenedEndpoints.length, 2);
  assert.equal(specErrors.length, 21);
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

provePage({
  contract: "jwt",
  messages: Object.values(messages),
  promised: specRows.map(keyOf),
  tested: testedRows.map(({ reaches, when }) => ({ key: keyOf(reaches), when })),
  idleExceptions,
  additionPlaces: specAdditions.map(({ endpoints, status, message }) =>
    specErrors.findIndex(
      (row) => row.status === status && row.message === message && row.endpoints.join() === endpoints.join(),
    ),
  ),
});
