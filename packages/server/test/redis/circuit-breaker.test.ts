import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { type CircuitBreaker, createCircuitBreaker } from "#adapters/redis/circuit-breaker.js";

/** A store that answers, fails or is silent as the test says, and a breaker before it. */
const given = () => {
  const told: string[] = [];
  let asked = 0;
  let mood: "answers" | "fails" | "is silent" = "answers";
  const ask = (): Promise<string> => {
    asked += 1;
    if (mood === "is silent") return new Promise(() => undefined);
    return mood === "answers" ? Promise.resolve("store") : Promise.reject(new Error("broken"));
  };
  const breaker = createCircuitBreaker({
    probe: ask,
    reasonOf: (error) => (error instanceof Error ? error.message : "?"),
    onDown: (fault) => told.push(fault),
    onUp: () => told.push("up"),
  });
  open.push(breaker);
  return {
    breaker,
    told,
    asked: () => asked,
    become: (now: typeof mood) => {
      mood = now;
    },
    run: () => breaker.run(ask, () => Promise.resolve("fallback")),
  };
};

const open: CircuitBreaker[] = [];
afterEach(() => {
  for (const breaker of open.splice(0)) breaker.stop();
});

describe("circuit breaker", () => {
  it("asks the store while it answers", async () => {
    const { run, told, breaker } = given();
    assert.deepEqual([await run(), await run()], ["store", "store"]);
    assert.deepEqual([told, breaker.fault()], [[], undefined]);
  });

  for (const [mood, fault] of [
    ["fails", "broken"],
    ["is silent", "no answer within 100 ms"],
  ] as const) {
    it(`asks a store that ${mood} once, and no more until it is probed`, async () => {
      const { run, told, breaker, asked, become } = given();
      become(mood);
      for (let count = 0; count < 50; count += 1) assert.equal(await run(), "fallback");
      // The request, and the probe that it sets off.
      assert.equal(asked(), 2);
      await breaker.probe();
      assert.deepEqual([told, breaker.fault()], [[fault], fault]);
    });

    it(`gives each of many at once an answer when the store ${mood}, and tells it once`, async () => {
      const { run, told, become } = given();
      become(mood);
      const answers = await Promise.all(Array.from({ length: 50 }, run));
      assert.deepEqual(new Set(answers), new Set(["fallback"]));
      assert.deepEqual(told, [fault]);
    });

    it(`asks a store that ${mood} again as soon as a probe is answered`, async () => {
      const { run, told, breaker, become } = given();
      become(mood);
      await run();
      await breaker.probe();
      become("answers");
      assert.equal(await run(), "fallback");
      await breaker.probe();
      assert.equal(await run(), "store");
      assert.deepEqual(told, [fault, "up"]);
    });
  }

  it("reads what has arrived before it gives up, however busy its own process was", async () => {
    const { breaker } = given();
    const late = breaker.run(
      () =>
        new Promise<string>((resolve) => {
          setTimeout(() => setImmediate(resolve, "store"), 0);
        }),
      () => Promise.resolve("fallback"),
    );
    const busyUntil = performance.now() + 200;
    while (performance.now() < busyUntil);
    assert.equal(await late, "store");
  });

  it("passes on what the fallback throws: nobody is let through because nobody counts", async () => {
    const { breaker } = given();
    const broken = () => Promise.reject(new Error("broken"));
    await assert.rejects(
      breaker.run(broken, () => Promise.reject(new Error("the database, too"))),
      /the database, too/,
    );
  });
});
