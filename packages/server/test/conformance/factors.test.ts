import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { FactorAnswer } from "#core/factors/factor.js";
import { proveFactor } from "#core/factors/prove-factor.js";
import { reopenFactors } from "#core/factors/reopen-factors.js";
import { type AccountId, newSignInId } from "#core/ids.js";
import type { Stores } from "#core/ports.js";
import { Refusal } from "#core/refusal.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { newPerson } from "../server/jwt-calls.js";
import { type Node, openNode, testOrigin } from "../server/open-node.js";
import { importPerson } from "../races/commands.js";
import {
  type Asked,
  type CountingHasher,
  countingHasher,
  type FactorUnderTest,
  factorsUnderTest,
  type Question,
} from "./factors-under-test.js";

const minute = 60_000;
const day = 1440 * minute;
/** An hour into a day (UTC). */
const morning = 20_833 * day + 60 * minute;

describeOnEveryEngine("factors", (engine) => {
  let database: FreshDatabase;
  let nodes: readonly [Node, Node];
  before(async () => {
    database = await engine.freshDatabase();
    const node = await openNode(database.url, "platform");
    await node.database.migrate();
    // SQLite is one node's.
    nodes = [node, engine.name === "sqlite" ? node : await openNode(database.url, "platform")];
  });
  after(async () => {
    for (const node of new Set(nodes)) await node.close();
    await database.drop();
  });

  /** Somebody who is asked for a factor, in a session of his own. */
  const person = async (under: FactorUnderTest): Promise<Asked & { readonly accountId: AccountId }> => {
    const accountId = await importPerson(nodes[0], newPerson());
    await under.enrol(nodes[0], accountId, morning);
    return { accountId, identity: accountId, sessionId: newSignInId(nodes[0].random) };
  };
  const nobody = (): Asked => ({
    accountId: undefined,
    identity: `email:${newPerson().email}`,
    sessionId: newSignInId(nodes[0].random),
  });

  interface Trying {
    readonly asked: Asked;
    readonly answer: FactorAnswer;
    readonly now: number;
    readonly node?: Node;
    readonly hasher?: CountingHasher;
    readonly stores?: Stores;
  }
  const attempt = async (trying: Trying): Promise<string> => {
    const { asked, answer, now, node = nodes[0], hasher = countingHasher(), stores = node.stores } = trying;
    try {
      const subject = { ...asked, origin: testOrigin, now };
      const proven = await proveFactor({ ...node, stores, passwords: hasher }, subject, answer);
      await node.transaction(proven.alongside);
      return "right";
    } catch (error) {
      if (Refusal.is(error, "factor-wrong")) return "wrong";
      if (!Refusal.is(error, "factor-locked")) throw error;
      return `locked ${error.details.retryIn ?? "until recovery"}`;
    }
  };
  const answerWith =
    (under: FactorUnderTest, which: keyof Question) =>
    async (asked: Asked, now: number, over: Partial<Trying> = {}): Promise<string> => {
      const question = await under.ask(over.node ?? nodes[0], asked, now);
      return attempt({ asked, now, answer: question[which], ...over });
    };

  for (const under of factorsUnderTest) {
    const right = answerWith(under, "right");
    const wrong = answerWith(under, "wrong");
    const [[failures, seconds] = [0, 0]] = under.lockedFor;
    const failOften = async (asked: Asked, times: number, now = morning): Promise<void> => {
      for (let count = 0; count < times; count += 1) assert.equal(await wrong(asked, now), "wrong");
    };

    describe(under.name, () => {
      it(`is right${under.isOnce ? " once" : ", and again"}`, async () => {
        const asked = await person(under);
        const { right: answer } = await under.ask(nodes[0], asked, morning);
        assert.equal(await attempt({ asked, answer, now: morning }), "right");
        const again = await attempt({ asked, answer, now: morning });
        assert.equal(again, under.isOnce ? "wrong" : "right");
      });

      it("is never right when it is wrong, nor when it is another's", async () => {
        const [asked, other] = [await person(under), await person(under)];
        const { wrong: answer, right: own } = await under.ask(nodes[0], asked, morning);
        assert.equal(await attempt({ asked, answer, now: morning }), "wrong");
        if (!under.isOnce) return;
        await under.ask(nodes[0], other, morning);
        assert.equal(await attempt({ asked: other, answer: own, now: morning }), "wrong");
        assert.equal(await attempt({ asked, answer: own, now: morning }), "right");
      });

      it("takes the same steps where nobody is, until the lock and beyond", async () => {
        const [known, unknown] = [await person(under), nobody()];
        for (let count = 0; count < failures + 2; count += 1) {
          const [ofKnown, ofUnknown] = [recording(nodes[0].stores), recording(nodes[0].stores)];
          const [hasher, other] = [countingHasher(), countingHasher()];
          const told = await wrong(known, morning, { stores: ofKnown.stores, hasher });
          assert.equal(await wrong(unknown, morning, { stores: ofUnknown.stores, hasher: other }), told);
          assert.equal(told, count < failures ? "wrong" : `locked ${seconds}`);
          assert.deepEqual(ofUnknown.calls, ofKnown.calls);
          assert.equal(other.count(), hasher.count());
        }
      });

      it(`after ${failures} failures is not even looked at`, async () => {
        const asked = await person(under);
        await failOften(asked, failures);
        const hasher = countingHasher();
        assert.equal(await right(asked, morning, { hasher }), `locked ${seconds}`);
        assert.equal(hasher.count(), 0);
        const refused = await nodes[0].stores.audit.list({ accountId: asked.accountId, kind: "factor-refused" }, 100);
        const evaluated = refused.filter(({ details }) => details["wasEvaluated"] === true);
        assert.equal(evaluated.length, failures);
        assert.deepEqual(refused[0]?.details, { factor: under.factor, reason: "locked", wasEvaluated: false });
      });

      it("waits longer after each failure more, to the millisecond", async () => {
        const asked = await person(under);
        let now = morning;
        await failOften(asked, failures - 1, now);
        for (const [count, wait] of under.lockedFor) {
          assert.equal(await wrong(asked, now), "wrong", `failure ${count}`);
          assert.equal(await right(asked, now), `locked ${wait}`, `after ${count}`);
          now += wait * 1000;
          assert.equal(await right(asked, now - 1), "locked 1", `just before it opens after ${count}`);
        }
        assert.equal(await right(asked, now), "right");
        assert.equal(await wrong(asked, now), "wrong");
        assert.equal(await right(asked, now), "right", "the row of failures was ended");
      });

      it("gives the try back to a right answer, as often as there is one", async () => {
        const asked = await person(under);
        for (let count = 0; count < 60; count += 1) assert.equal(await right(asked, morning), "right");
        await failOften(asked, failures - 1);
        assert.equal(await right(asked, morning), "right");
      });

      it("is disabled by 100 failures in a row, whatever time passes, and opened by recovery", async () => {
        const asked = await person(under);
        let now = morning;
        for (let count = 0; count < 100; count += 1) {
          assert.equal(await wrong(asked, now), "wrong", `failure ${count + 1}`);
          now += 2 * day;
        }
        now += 1000 * day;
        assert.equal(await right(asked, now), "locked until recovery");
        await nodes[0].stores.attempts.purge(now, 1000);
        assert.equal(await right(asked, now), "locked until recovery", "it is not forgotten");
        await nodes[0].transaction((stores) => reopenFactors(stores, asked.accountId));
        assert.equal(await right(asked, now), "right");
      });

      it("keeps its used tries through a recovery", async () => {
        const asked = await person(under);
        const limit = Math.max(failures, under.factor === "password" ? 10 : 0);
        let now = morning;
        await failOften(asked, failures, now);
        for (let count = failures; count < limit; count += 1) {
          now += 20 * minute;
          assert.equal(await wrong(asked, now), "wrong");
        }
        await nodes[0].transaction((stores) => reopenFactors(stores, asked.accountId));
        const hasLimitLeft = under.factor === "code" || under.factor === "backup-code";
        assert.equal((await right(asked, now)).split(" ")[0], hasLimitLeft ? "right" : "locked");
      });

      it("evaluates exactly its tries of 32 wrong ones at once, on two nodes, and tells the owner once", async () => {
        const asked = await person(under);
        const { wrong: answer } = await under.ask(nodes[0], asked, morning);
        const outcomes = await Promise.all(
          crowd.map((at) => attempt({ asked, answer, now: morning, node: nodeAt(at) })),
        );
        assert.equal(outcomes.filter((outcome) => outcome === "wrong").length, failures);
        assert.equal(outcomes.filter((outcome) => outcome.startsWith("locked")).length, 32 - failures);
        const letters = await nodes[0].stores.outbox.listOf(asked.accountId, []);
        assert.deepEqual(
          letters.map(({ content }) => content?.letter),
          [{ kind: "factor-locked", factor: under.factor, at: morning }],
        );
      });

      it(`is right ${under.isOnce ? "for exactly one" : "for some"} of 32 at once, on two nodes`, async () => {
        const asked = await person(under);
        const { right: answer } = await under.ask(nodes[0], asked, morning);
        const outcomes = await Promise.all(
          crowd.map((at) => attempt({ asked, answer, now: morning, node: nodeAt(at) })),
        );
        const wins = outcomes.filter((outcome) => outcome === "right").length;
        if (under.isOnce) assert.equal(wins, 1);
        else {
          assert.ok(wins >= 1);
          assert.ok(!outcomes.includes("wrong"));
        }
        if (under.isOnce) assert.equal((await attempt({ asked, answer, now: morning + day })).split(" ")[0], "wrong");
      });

      it("stays locked on another node, and after a restart", async () => {
        const asked = await person(under);
        await failOften(asked, failures);
        assert.equal(await right(asked, morning, { node: nodes[1] }), `locked ${seconds}`);
        if (engine.name === "sqlite") return;
        const restarted = await openNode(database.url, "platform");
        try {
          assert.equal(await right(asked, morning, { node: restarted }), `locked ${seconds}`);
        } finally {
          await restarted.close();
        }
      });
    });
  }

  const crowd = Array.from({ length: 32 }, (_, at) => at);
  const nodeAt = (at: number): Node => nodes[at % 2 === 0 ? 0 : 1];

  it("has one budget over all factors of an identity: 50 failures a day, whatever is tried and in which order", async () => {
    const [first] = factorsUnderTest;
    assert.ok(first);
    const asked = await person(first);
    for (const under of factorsUnderTest) await under.enrol(nodes[0], asked.accountId, morning);
    let [evaluated, now] = [0, morning];
    // Twenty-two hours, so that pauses are over and the day is not.
    for (; now < morning + 1320 * minute; now += 30 * minute) {
      for (const under of factorsUnderTest) {
        const sessionId = newSignInId(nodes[0].random);
        if ((await answerWith(under, "wrong")({ ...asked, sessionId }, now)) === "wrong") evaluated += 1;
      }
    }
    assert.equal(evaluated, 50);
    const left = morning + 1380 * minute - now;
    for (const under of factorsUnderTest) {
      assert.equal(await answerWith(under, "right")(asked, now), `locked ${left / 1000}`, under.name);
    }
    const refused = await nodes[0].stores.audit.list({ accountId: asked.accountId, kind: "factor-refused" }, 1000);
    assert.equal(refused.filter(({ details }) => details["wasEvaluated"] === true).length, 50);
    const [code] = factorsUnderTest.filter(({ factor }) => factor === "code");
    assert.ok(code);
    assert.equal(await answerWith(code, "right")(asked, now + left - 1), "locked 1");
    assert.equal(await answerWith(code, "right")(asked, now + left), "right", "a new day");
  });

  it("gives each account its own", async () => {
    const [under] = factorsUnderTest;
    assert.ok(under);
    const [one, other] = [await person(under), await person(under)];
    for (let count = 0; count < 5; count += 1) await answerWith(under, "wrong")(one, morning);
    assert.equal(await answerWith(under, "right")(other, morning), "right");
  });

  it("refuses a code for another purpose, or of another session", async () => {
    const under = factorsUnderTest.find(({ name }) => name === "code of a recovery");
    assert.ok(under);
    const asked = await person(under);
    const { right } = await under.ask(nodes[0], asked, morning);
    assert.ok(right.factor === "code");
    const asSignIn = { ...right, purpose: "sign-in" } as const;
    assert.equal(await attempt({ asked, answer: asSignIn, now: morning }), "wrong");
    const other = { ...asked, sessionId: newSignInId(nodes[0].random) };
    assert.equal(await attempt({ asked: other, answer: right, now: morning }), "wrong");
    const refused = await nodes[0].stores.audit.list({ accountId: asked.accountId, kind: "factor-refused" }, 10);
    assert.deepEqual(
      refused.map(({ details }) => details["reason"]),
      ["absent", "absent"],
      "neither was compared",
    );
    assert.equal(await attempt({ asked, answer: right, now: morning }), "right");
  });
});

/** The stores, and what was asked of them, in order. */
const recording = (stores: Stores): { readonly stores: Stores; readonly calls: readonly string[] } => {
  const calls: string[] = [];
  const storeProxy = (name: string, store: object): object =>
    new Proxy(store, {
      get: (target, method) => {
        const called: unknown = Reflect.get(target, method);
        if (typeof called !== "function") return called;
        return (...args: readonly unknown[]): unknown => {
          calls.push(`${name}.${String(method)}`);
          return Reflect.apply(called, target, args);
        };
      },
    });
  const recorded = Object.entries(stores).map(([name, store]) => [name, storeProxy(name, store as object)]);
  // Each is the store of its name.
  return { stores: Object.fromEntries(recorded) as unknown as Stores, calls };
};
