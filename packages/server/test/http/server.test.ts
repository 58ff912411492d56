import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { Answered } from "#http/answered.js";
import type { Failure } from "#http/failure.js";
import { healthEndpoints } from "#http/health.js";
import type { Endpoint, Mount } from "#http/mount.js";
import { createServer } from "#http/server.js";

const refusal = new Refusal("overloaded", { retryIn: 1 });
const spoken: Answer = { status: 503, body: { message: "spoken" } };

const endpoint = (name: string, answer: Endpoint["answer"]): Endpoint => ({
  name,
  method: "GET",
  path: `/${name}`,
  answer,
});

/** Asks a server of these endpoints once; what it answered, and what it told of its failures. */
const ask = async (path: string, endpoints: readonly Endpoint[]) => {
  const failures: Failure[] = [];
  const fallback: Mount = {
    name: "alone",
    prefix: "",
    host: undefined,
    corsOrigins: [],
    endpoints,
    speak: () => spoken,
    told: ({ body }) => JSON.stringify(body),
  };
  const server = await createServer({
    mounts: [],
    fallback,
    trustedProxies: [],
    newRequestId: () => "req_1",
    onFailure: (failure) => failures.push(failure),
  });
  const { statusCode } = await server.inject({ path });
  await server.close();
  return { statusCode, failures };
};

describe("a failure", () => {
  const told = { requestId: "req_1", mount: "alone", method: "GET", address: "127.0.0.1" };

  it("that is thrown is told with its reason", async () => {
    const { statusCode, failures } = await ask("/thrown", [endpoint("thrown", () => Promise.reject(refusal))]);
    assert.equal(statusCode, 503);
    assert.deepEqual(failures, [
      {
        ...told,
        route: "/thrown",
        status: 503,
        told: '{"message":"spoken"}',
        reason: "overloaded",
        details: { retryIn: 1 },
        accountId: undefined,
        fault: undefined,
      },
    ]);
  });

  it("that is answered is told with the refusal behind it", async () => {
    const answered = new Answered({ status: 429, body: { message: "own words" } }, refusal);
    const { statusCode, failures } = await ask("/answered", [endpoint("answered", () => Promise.reject(answered))]);
    assert.equal(statusCode, 429);
    assert.deepEqual(
      failures.map(({ status, told, reason }) => ({ status, told, reason })),
      [{ status: 429, told: '{"message":"own words"}', reason: "overloaded" }],
    );
  });

  for (const status of [400, 599]) {
    it(`that is answered ${status} without a refusal is told all the same, as a fault`, async () => {
      const answer: Answer = { status, body: { message: "own words" } };
      const { failures } = await ask("/bare", [endpoint("bare", () => Promise.resolve(answer))]);
      assert.deepEqual(
        failures.map(({ route, status: toldStatus, told, reason }) => [route, toldStatus, told, reason]),
        [["/bare", status, "(unknown)", "fault"]],
      );
    });
  }

  it("is none below 400", async () => {
    const answer: Answer = { status: 399, body: "" };
    assert.deepEqual((await ask("/fine", [endpoint("fine", () => Promise.resolve(answer))])).failures, []);
  });

  it("of a probe is not told: it comes with every second until the store is back", async () => {
    const probes = healthEndpoints({
      isServing: () => true,
      checkStores: async () => ({ sqlite: "does not answer" }),
      substitutes: () => ({}),
    });
    assert.deepEqual(await ask("/readyz", probes), { statusCode: 503, failures: [] });
  });

  it("of a probe's path is told as everywhere", async () => {
    const probes = healthEndpoints({ isServing: () => true, checkStores: async () => ({}), substitutes: () => ({}) });
    assert.equal((await ask("/readyz/", probes)).failures.length, 1);
  });
});
