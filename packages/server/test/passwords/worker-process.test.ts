import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  createWorkerProcess,
  type WorkerProcess,
  type WorkerProcessOptions,
} from "#adapters/passwords/worker-process.js";
import { Refusal } from "#core/refusal.js";
import type { Errand } from "./errand-process.js";

const openWorker = (
  context: TestContext,
  options: Partial<WorkerProcessOptions> = {},
): WorkerProcess<Errand, string> => {
  const worker = createWorkerProcess<Errand, string>({
    module: new URL("./errand-process.js", import.meta.url),
    permits: 2,
    queueLength: 4,
    longestWaitIn: 60_000,
    shortQueue: 0,
    ...options,
  });
  context.after(() => worker.close());
  return worker;
};

test("no more run at once than there are permits", async (t) => {
  const worker = openWorker(t, { queueLength: 20 });
  const errands = Array.from({ length: 22 }, async () => {
    await worker.run({ do: "take", milliseconds: 3 });
    assert.ok(worker.running <= 2);
  });
  assert.deepEqual([worker.running, worker.waiting], [2, 20]);
  await Promise.all(errands);
  assert.deepEqual([worker.running, worker.waiting], [0, 0]);
});

test("first come, first served", async (t) => {
  const worker = openWorker(t, { permits: 1, queueLength: 20 });
  const served: number[] = [];
  const numbers = Array.from({ length: 12 }, (_, number) => number);
  await Promise.all(
    numbers.map(async (number) => {
      await worker.run({ do: "take", milliseconds: 12 - number });
      served.push(number);
    }),
  );
  assert.deepEqual(served, numbers);
});

test("a work that fails frees its permit", async (t) => {
  const worker = openWorker(t, { permits: 1 });
  const results = await Promise.allSettled([worker.run({ do: "fail" }), worker.run({ do: "take", milliseconds: 1 })]);
  assert.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? result.value : String(result.reason))),
    ["Error: failed on purpose", "taken"],
  );
  assert.deepEqual([worker.running, worker.waiting], [0, 0]);
});

test("a process that dies costs the works that ran; another does those that waited", async (t) => {
  const worker = openWorker(t);
  const ran = [worker.run({ do: "take", milliseconds: 60_000 }), worker.run({ do: "die" })];
  const waited = [worker.run({ do: "take", milliseconds: 1 }), worker.run({ do: "take", milliseconds: 1 })];
  await Promise.all(ran.map((work) => assert.rejects(work, isOverloaded)));
  assert.deepEqual(await Promise.all(waited), ["taken", "taken"]);
  assert.deepEqual([worker.running, worker.waiting], [0, 0]);
});

test("a full queue refuses at once, and says when to try again", async (t) => {
  const worker = openWorker(t, { permits: 1, queueLength: 1 });
  const admitted = [worker.run({ do: "take", milliseconds: 5 }), worker.run({ do: "take", milliseconds: 5 })];
  assert.throws(() => worker.assertRoom(), isOverloaded);
  await assert.rejects(worker.run({ do: "take", milliseconds: 5 }), isOverloaded);
  assert.deepEqual(await Promise.all(admitted), ["taken", "taken"]);
  worker.assertRoom();
});

test("nobody is let in who would wait too long, but a free permit is always given", async (t) => {
  const worker = openWorker(t, { permits: 1, queueLength: 100, longestWaitIn: 60 });
  await worker.run({ do: "take", milliseconds: 2000 });
  const admitted = worker.run({ do: "take", milliseconds: 5 });
  assert.throws(() => worker.assertRoom(), isOverloaded);
  assert.equal(await admitted, "taken");
  worker.assertRoom();
});

test("a short queue is open however long it takes", async (t) => {
  const worker = openWorker(t, { permits: 1, queueLength: 100, longestWaitIn: 60, shortQueue: 2 });
  await worker.run({ do: "take", milliseconds: 2000 });
  const admitted = Array.from({ length: 3 }, () => worker.run({ do: "take", milliseconds: 5 }));
  assert.throws(() => worker.assertRoom(), isOverloaded);
  assert.deepEqual(await Promise.all(admitted), ["taken", "taken", "taken"]);
});

test("closing rejects what has not ended", async (t) => {
  const worker = openWorker(t, { permits: 1 });
  const works = [worker.run({ do: "take", milliseconds: 60_000 }), worker.run({ do: "take", milliseconds: 1 })];
  const settled = Promise.allSettled(works);
  await worker.close();
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["rejected", "rejected"],
  );
  await assert.rejects(worker.run({ do: "take", milliseconds: 1 }), /closed/);
});

const isOverloaded = (error: unknown): boolean =>
  Refusal.is(error, "overloaded") && Number.isInteger(error.details.retryIn) && error.details.retryIn >= 1;
