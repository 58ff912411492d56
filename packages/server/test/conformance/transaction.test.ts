import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Database } from "#adapters/database/database.js";
import type { Stores } from "#core/ports.js";
import { defaultRealm } from "#core/ids.js";
import { availableEngines, describeOnEveryEngine } from "../engines/engines.js";
import { poll } from "../server/poll.js";
import { givenAccount, givenIdentifier, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";
import { type ServerProxy, startServerProxy } from "./server-proxy.js";

describeOnEveryEngine("transaction", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("commits together, sees its own writes, and returns what the work returns", async () => {
    const account = givenAccount();
    const returned = await open.realm.transaction(async ({ accounts }) => {
      await accounts.insert(account);
      assert.equal(await open.realm.stores.accounts.find(account.id), undefined);
      return (await accounts.find(account.id))?.account;
    });
    assert.deepEqual(returned, account);
    assert.notEqual(await open.realm.stores.accounts.find(account.id), undefined);
  });

  it("rolls back alone among 32 at once, and leaves nothing", async () => {
    const accounts = Array.from({ length: 32 }, () => givenAccount());
    const outcomes = await Promise.allSettled(
      accounts.map((account, index) =>
        open.realm.transaction(async (stores) => {
          await stores.accounts.insert(account);
          await stores.accounts.claim(givenIdentifier(account.id, `group ${index}`));
          if (index % 2 === 1) throw new Error(`refused ${index}`);
          return index;
        }),
      ),
    );
    for (const [index, outcome] of outcomes.entries()) {
      const account = accounts[index];
      assert.ok(account !== undefined);
      const found = await open.realm.stores.accounts.find(account.id);
      if (index % 2 === 0) {
        assert.deepEqual(outcome, { status: "fulfilled", value: index });
        assert.equal(found?.identifiers.length, 1);
      } else {
        assert.equal(outcome.status === "rejected" && outcome.reason.message, `refused ${index}`);
        assert.equal(found, undefined);
      }
    }
    assert.deepEqual((await open.realm.stores.accounts.search("group", 100)).length, 16);
  });

  it("commits nothing after a statement of it failed, even when the work goes on", async () => {
    const account = givenAccount();
    await assert.rejects(
      open.realm.transaction(async ({ accounts }) => {
        await accounts.insert(account);
        await accounts.insert(givenAccount({ statusReason: "x".repeat(2000) })).catch(() => {});
      }),
    );
    assert.equal(await open.realm.stores.accounts.find(account.id), undefined);
  });

  it("refuses statements that come after its end", async () => {
    let leaked: Stores | undefined;
    const end = open.realm.transaction(async (stores) => {
      leaked = stores;
      await stores.accounts.find(givenAccount().id);
      throw new Error("over");
    });
    await assert.rejects(end, { message: "over" });
    const account = givenAccount();
    await assert.rejects(async () => leaked?.accounts.insert(account));
    assert.equal(await open.realm.stores.accounts.find(account.id), undefined);
  });

  it("is rolled back when its work stalls, and keeps nobody else waiting for ever", async () => {
    const stalled = givenAccount();
    const work = open.realm.transaction(async ({ accounts }) => {
      await accounts.insert(stalled);
      return new Promise<never>(() => {});
    });
    const held = assert.rejects(work, /asked nothing for 10000 ms/);
    await held;
    await open.realm.stores.accounts.insert(givenAccount());
    assert.equal(await open.realm.stores.accounts.find(stalled.id), undefined);
  });

  it("runs again after a deadlock until both are done", async () => {
    const [one, two] = [givenAccount(), givenAccount()];
    for (const account of [one, two]) await open.realm.stores.accounts.insert(account);
    let runs = 0;
    let arrived = 0;
    const both = deferred();
    const cross = (order: readonly (typeof one)[]) =>
      open.realm.transaction(async ({ accounts }) => {
        runs += 1;
        for (const account of order) {
          assert.equal(await accounts.recordSignIn(account, now), true);
          arrived += 1;
          if (arrived === 2) both.resolve();
          // SQLite runs them one after another: there the first cannot wait for the second.
          if (engine.name !== "sqlite") await both.promise;
        }
      });
    await Promise.all([cross([one, two]), cross([two, one])]);
    assert.equal(runs, engine.name === "sqlite" ? 2 : 3);
  });
});

const deferred = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};

for (const engine of availableEngines().filter(({ name }) => name !== "sqlite")) {
  describe(`a connection that breaks [${engine.name}]`, () => {
    let open: OpenStores;
    let proxy: ServerProxy;
    let database: Database;
    before(async () => {
      open = await openStores(engine);
      proxy = await startServerProxy(open.url);
      database = await openByUrl(proxy.url);
    });
    after(async () => {
      await database.close();
      await proxy.close();
      await open.close();
    });
    const isBack = () => poll("the store is back", 5000, async () => (database.health.isDown ? undefined : true));

    for (const [when, isCommitted] of [
      ["before", false],
      ["afterwards", true],
    ] as const) {
      it(`during a commit, ${when} the server has it, leaves the outcome unknown and runs nothing again`, async () => {
        const account = givenAccount();
        let runs = 0;
        const work = database.forRealm(defaultRealm).transaction(async ({ accounts }) => {
          runs += 1;
          await accounts.insert(account);
          proxy.cutAt("commit", when);
        });
        await assert.rejects(work, { name: "CommitOutcomeUnknown" });
        assert.equal(runs, 1);
        await isBack();
        assert.equal((await open.realm.stores.accounts.find(account.id)) !== undefined, isCommitted);
      });
    }

    it("within a transaction undoes it, and is told as an outage", async () => {
      const account = givenAccount();
      const work = database.forRealm(defaultRealm).transaction(async ({ accounts }) => {
        await accounts.insert(account);
        proxy.cutAt("update", "afterwards");
        await accounts.recordSignIn(account, now);
      });
      await assert.rejects(work, { name: "Refusal", code: "store-unavailable" });
      await isBack();
      assert.equal(await open.realm.stores.accounts.find(account.id), undefined);
    });

    it("while idle costs no request", async () => {
      const { stores, transaction } = database.forRealm(defaultRealm);
      for (let restart = 0; restart < 3; restart += 1) {
        await Promise.all(Array.from({ length: 10 }, () => stores.accounts.heldLiveKeys(["none"])));
        proxy.cutAll();
        await Promise.all(Array.from({ length: 5 }, () => stores.accounts.heldLiveKeys(["none"])));
        await transaction(({ accounts }) => accounts.insert(givenAccount()));
      }
    });

    it("that hangs is answered in time, then at once, heals, and leaks no connection", async () => {
      const { stores, transaction } = database.forRealm(defaultRealm);
      await stores.accounts.heldLiveKeys(["none"]);
      proxy.freeze();
      const begunAt = performance.now();
      const outage = { name: "Refusal", code: "store-unavailable" };
      await Promise.all([
        assert.rejects(stores.accounts.heldLiveKeys(["none"]), outage),
        assert.rejects(stores.accounts.insert(givenAccount()), outage),
        assert.rejects(
          transaction(({ accounts }) => accounts.insert(givenAccount())),
          outage,
        ),
        ...Array.from({ length: 20 }, () => assert.rejects(stores.accounts.heldLiveKeys(["none"]), outage)),
      ]);
      assert.ok(performance.now() - begunAt < 2000);
      const before = proxy.accepted();
      assert.equal(database.health.isDown, true);
      for (let count = 0; count < 100; count += 1) await assert.rejects(stores.accounts.heldLiveKeys(["none"]), outage);
      assert.ok(proxy.accepted() - before <= 2, "statements that are refused at once open no connection");
      assert.equal(await database.check(), "does not answer");
      proxy.thaw();
      await isBack();
      await stores.accounts.heldLiveKeys(["none"]);
      assert.equal(await database.check(), "ok");
    });
  });
}
