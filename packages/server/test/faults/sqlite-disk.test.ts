import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { defaultRealm } from "#core/ids.js";
import { givenAccount } from "../conformance/given-rows.js";
import { openByUrl } from "../conformance/open-stores.js";
import { readRows } from "../engines/read-rows.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { poll } from "../server/poll.js";

const run = promisify(execFile);
const child = fileURLToPath(new URL("./sqlite-disk-child.js", import.meta.url));
const lockChild = fileURLToPath(new URL("./sqlite-lock-child.js", import.meta.url));
const hasStrace = existsSync("/usr/bin/strace");

describe("SQLite on a disk that fails or is slow", { skip: hasStrace ? false : "strace is not installed" }, () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = makeTemporaryFolder("disk");
    path = join(folder, "trilithon.db");
    const database = await openByUrl(`sqlite:${path}`);
    await database.migrate();
    await database.close();
  });
  after(() => removeTemporaryFolder(folder));

  const runUnder = async (
    options: readonly string[],
    scenario: string,
  ): Promise<readonly Record<string, unknown>[]> => {
    const { stdout } = await run("/usr/bin/strace", [
      "-f",
      "-qq",
      ...options,
      process.execPath,
      child,
      `sqlite:${path}`,
      scenario,
    ]);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  };

  for (const { fault, inject, outcome } of [
    { fault: "a failed sync", inject: "inject=fsync,fdatasync:error=EIO", outcome: "CommitOutcomeUnknown" },
    { fault: "a full disk", inject: "inject=pwrite64:error=ENOSPC", outcome: "store-unavailable" },
    { fault: "a failed write", inject: "inject=pwrite64:error=EIO", outcome: "CommitOutcomeUnknown" },
  ]) {
    it(`${fault} fails everybody in the commit's group, reads go on, and it heals`, async () => {
      const log = join(folder, "failed.log");
      const [failed, ...others] = await runUnder(
        ["-o", log, "-P", `${path}-wal`, "-e", `${inject}:when=1..2`],
        "groups",
      );
      assert.deepEqual(
        failed?.["outcomes"],
        Array.from({ length: 8 }, () => outcome),
      );
      assert.deepEqual(
        failed?.["found"],
        Array.from({ length: 8 }, () => false),
      );
      const last = others.at(-1);
      assert.deepEqual(
        last?.["outcomes"],
        Array.from({ length: 8 }, (_, index) => (index % 4 === 2 ? "Error" : "acknowledged")),
      );
      assert.deepEqual(
        last?.["found"],
        Array.from({ length: 8 }, (_, index) => index % 4 !== 2),
      );
      assert.deepEqual(await readRows(`sqlite:${path}`, "pragma integrity_check"), [{ integrity_check: "ok" }]);
    });
  }

  it("a slow sync holds up neither reads nor the event loop", async () => {
    const log = join(folder, "slow.log");
    const [counted] = await runUnder(
      ["-o", log, "-e", "inject=fsync,fdatasync:delay_exit=700000"],
      "read-during-commit",
    );
    // Every one of them was done while the commit waited for its 700 ms; a loop that waited too would have done one.
    assert.ok(Number(counted?.["reads"]) >= 20, JSON.stringify(counted));
    assert.ok(Number(counted?.["turns"]) >= 20, JSON.stringify(counted));
  });

  it("no commit is acknowledged before a sync that began after it was asked has ended", async () => {
    const log = join(folder, "order.log");
    await runUnder(["-o", log, "-s", "64", "-e", "trace=write,fsync,fdatasync"], "acknowledge");
    const syncedSince = new Map<number, number>();
    let acknowledged = 0;
    for (const line of readFileSync(log, "utf8").split("\n")) {
      const asked = /write\(1, "\{\\"ask\\":(\d+)/.exec(line)?.[1];
      if (asked !== undefined) syncedSince.set(Number(asked), 0);
      if (/(?:fdatasync|fsync)(?:\(.*\)| resumed>\)).* = 0$/.test(line)) {
        for (const [commit, syncs] of syncedSince) syncedSince.set(commit, syncs + 1);
      }
      const known = /write\(1, "\{\\"acknowledged\\":(\d+)/.exec(line)?.[1];
      if (known !== undefined) {
        acknowledged += 1;
        assert.ok((syncedSince.get(Number(known)) ?? 0) > 0, `commit ${known} was acknowledged without a sync`);
      }
    }
    assert.equal(acknowledged, 25);
  });
});

describe("SQLite's writer", () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = makeTemporaryFolder("writer");
    path = join(folder, "trilithon.db");
    const database = await openByUrl(`sqlite:${path}`);
    await database.migrate();
    await database.close();
  });
  after(() => removeTemporaryFolder(folder));

  it("waits for another process that holds the file, within a bound, and serves reads meanwhile", async () => {
    const database = await openByUrl(`sqlite:${path}`);
    const { stores } = database.forRealm(defaultRealm);
    const other = spawn(process.execPath, [lockChild, path], { stdio: ["pipe", "pipe", "inherit"] });
    const tell = async (word: "lock" | "free"): Promise<void> => {
      other.stdin.write(`${word}\n`);
      await once(other.stdout, "data");
    };
    await tell("lock");
    const patient = stores.accounts.insert(givenAccount());
    for (let reads = 0; reads < 10; reads += 1) await stores.accounts.find(givenAccount().id);
    await tell("free");
    await patient;
    await tell("lock");
    await assert.rejects(stores.accounts.insert(givenAccount()), { name: "Refusal", code: "store-unavailable" });
    await tell("free");
    other.stdin.end();
    await poll("writes again", 5000, async () => {
      await stores.accounts.insert(givenAccount());
      return true;
    });
    await database.close();
  });

  it("that dies fails all who wait, and the next write has another", async () => {
    const threads: Worker[] = [];
    const note = (thread: Worker): void => {
      threads.push(thread);
    };
    process.on("worker", note);
    const database = await openByUrl(`sqlite:${path}`);
    const { stores, transaction } = database.forRealm(defaultRealm);
    const account = givenAccount();
    const open = transaction(async ({ accounts }) => {
      await accounts.insert(account);
      await threads[0]?.terminate();
      await accounts.recordSignIn(account, 1);
    });
    const waiting = Array.from({ length: 5 }, () => stores.accounts.insert(givenAccount()));
    const outcomes = await Promise.allSettled([open, ...waiting]);
    assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(["rejected"]));
    assert.equal(await stores.accounts.find(account.id), undefined);
    await stores.accounts.insert(account);
    assert.equal(threads.length, 2);
    process.removeListener("worker", note);
    await database.close();
  });

  it("shares commits among transactions that come at once, and keeps its log bounded", async () => {
    const database = await openByUrl(`sqlite:${path}`);
    const { transaction } = database.forRealm(defaultRealm);
    for (let round = 0; round < 40; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, () =>
          transaction(async ({ accounts }) => {
            await accounts.insert(givenAccount({ statusReason: "x".repeat(900) }));
          }),
        ),
      );
    }
    // Measured: 4.7 MB, and 15 MB when no checkpoint lets the log begin anew.
    assert.ok(statSync(`${path}-wal`).size < 10_000_000, String(statSync(`${path}-wal`).size));
    await database.close();
  });
});
