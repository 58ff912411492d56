import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createThreadPool, type ThreadPool, type ThreadPoolOptions } from "#adapters/passwords/thread-pool.js";
import { Refusal } from "#core/refusal.js";
import type { Errand } from "./errand-thread.js";

const openPool = (context: TestContext, options: Partial<ThreadPoolOptions> = {}): ThreadPool<Errand, string> => {
  const thread = new URL("./errand-thread.js", import.meta.url);
  const pool = createThreadPool<Errand, string>({
    thread,
    permits: 2,
    queueLength: 4,
    longestWaitIn: 60_000,
    shortQueue: 0,
    ...options,
  });
  context.after(() => pool.close());
  return pool;
};

test("no more run at once than there are permits", async (t) => {
  const pool = openPool(t, { queueLength: 20 });
  const errands = Array.from({ length: 22 }, async () => {
    await pool.run({ do: "take", milliseconds: 3 });
    assert.ok(pool.running <= 2);
  });
  assert.deepEqual([pool.running, pool.waiting], [2, 20]);
  await Promise.all(errands);
  assert.deepEqual([pool.running, pool.waiting], [0, 0]);
});

test("first come, first served", async (t) => {
  const pool = openPool(t, { permits: 1, queueLength: 20 });
  const served: number[] = [];
  const numbers = Array.from({ length: 12 }, (_, number) => number);
  await Promise.all(
    numbers.map(async (number) => {
      await pool.run({ do: "take", milliseconds: 12 - number });
      served.push(number);
    }),
  );
  assert.deepEqual(served, numbers);
});

test("a work that fails, and a thread that dies, free their permits", async (t) => {
  const pool = openPool(t, { permits: 1, queueLength: 8 });
  const results = await Promise.allSettled([
    pool.run({ do: "fail" }),
    pool.run({ do: "die" }),
    pool.run({ do: "throw" }),
    pool.run({ do: "take", milliseconds: 1 }),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? result.value : String(result.reason))),
    ["Error: failed on purpose", "Error: the thread ended before its work", "Error: thrown on purpose", "taken"],
  );
  assert.deepEqual([pool.running, pool.waiting], [0, 0]);
});

test("a full queue refuses at once, and says when to try again", async (t) => {
  const pool = openPool(t, { permits: 1, queueLength: 1 });
  const admitted = [pool.run({ do: "take", milliseconds: 5 }), pool.run({ do: "take", milliseconds: 5 })];
  assert.throws(() => pool.assertRoom(), isOverloaded);
  await assert.rejects(pool.run({ do: "take", milliseconds: 5 }), isOverloaded);
  assert.deepEqual(await Promise.all(admitted), ["taken", "taken"]);
  pool.assertRoom();
});

test("nobody is let in who would wait too long, but a free permit is always given", async (t) => {
  const pool = openPool(t, { permits: 1, queueLength: 100, longestWaitIn: 60 });
  await pool.run({ do: "take", milliseconds: 2000 });
  const admitted = pool.run({ do: "take", milliseconds: 5 });
  assert.throws(() => pool.assertRoom(), isOverloaded);
  assert.equal(await admitted, "taken");
  pool.assertRoom();
});

test("a short queue is open however long it takes", async (t) => {
  const pool = openPool(t, { permits: 1, queueLength: 100, longestWaitIn: 60, shortQueue: 2 });
  await pool.run({ do: "take", milliseconds: 2000 });
  const admitted = Array.from({ length: 3 }, () => pool.run({ do: "take", milliseconds: 5 }));
  assert.throws(() => pool.assertRoom(), isOverloaded);
  assert.deepEqual(await Promise.all(admitted), ["taken", "taken", "taken"]);
});

test("closing rejects what has not ended", async (t) => {
  const pool = openPool(t, { permits: 1 });
  const works = [pool.run({ do: "take", milliseconds: 60_000 }), pool.run({ do: "take", milliseconds: 1 })];
  const settled = Promise.allSettled(works);
  await pool.close();
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["rejected", "rejected"],
  );
  await assert.rejects(pool.run({ do: "take", milliseconds: 1 }), /closed/);
});

const isOverloaded = (error: unknown): boolean =>
  Refusal.is(error, "overloaded") && Number.isInteger(error.details.retryIn) && error.details.retryIn >= 1;
