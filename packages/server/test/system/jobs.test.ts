import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createJobRunner } from "#adapters/system/job-runner.js";
import type { FailureRecord } from "#core/failures/failure-store.js";
import { defaultRealm } from "#core/ids.js";
import { housekeepingJobs, type KeptRealm } from "#core/jobs/housekeeping.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { newPerson } from "../server/jwt-calls.js";
import { type Node, openNode } from "../server/open-node.js";
import { poll } from "../server/poll.js";
import { changeStatus, makeAccount } from "../races/commands.js";

const expired = (at: number): FailureRecord => ({
  requestId: `req_${String(at)}`,
  at: 0,
  expiresAt: 1,
  mount: "jwt",
  method: "GET",
  route: "/auth/me",
  status: 401,
  told: "Invalid token",
  reason: "token-invalid",
  details: "{}",
  accountId: undefined,
  address: "127.0.0.1",
  node: "test",
});

describe("a job of a node that stops", () => {
  let folder: string;
  let node: Node;
  before(async () => {
    folder = makeTemporaryFolder("data");
    node = await openNode(`sqlite:${folder}/trilithon.db`);
    await node.database.migrate();
  });
  after(async () => {
    await node.close();
    removeTemporaryFolder(folder);
  });

  const jobOf = (name: string, over: (realm: KeptRealm) => Partial<KeptRealm>) => {
    const retention = { deletedAccountsIn: 0, endedSessionsIn: 0, countersIn: 0, idleGuestsIn: 0 };
    const kept = node.database.forRealm(defaultRealm);
    const needs = { clock: node.clock, realms: async () => [{ ...kept, ...over(kept) }], retention };
    const job = housekeepingJobs(needs).find((one) => one.name === name);
    assert.ok(job);
    return job;
  };

  it("ends after the batch that it is at", async () => {
    const { failures } = node.database.forRealm(defaultRealm);
    for (let from = 0; from < 1200; from += 200)
      await failures.append(Array.from({ length: 200 }, (_, at) => expired(from + at)));
    const stopping = new AbortController();
    const purge = (before: number, limit: number) => {
      stopping.abort();
      return failures.purge(before, limit);
    };
    const job = jobOf("purge-failure-records", () => ({ failures: { ...failures, purge } }));
    assert.equal(await job.run(stopping.signal), 500);
    assert.equal(await jobOf("purge-failure-records", () => ({})).run(new AbortController().signal), 700);
  });

  it("ends after the account that it is at", async () => {
    for (let made = 0; made < 3; made += 1) await changeStatus(node, await makeAccount(node, newPerson()), "delete");
    const stopping = new AbortController();
    const job = jobOf("purge-accounts", (kept) => ({
      transaction: (work) => {
        stopping.abort();
        return kept.transaction(work);
      },
    }));
    assert.equal(await job.run(stopping.signal), 1);
    assert.equal(await jobOf("purge-accounts", () => ({})).run(new AbortController().signal), 2);
  });

  it("is told so by the runner, and no other is begun", async () => {
    const begun: string[] = [];
    const job = (name: string) => ({
      name,
      everyIn: 1000,
      run: (stopping: AbortSignal) => {
        begun.push(name);
        return new Promise<number>((resolve) => stopping.addEventListener("abort", () => resolve(7)));
      },
    });
    const finished: unknown[] = [];
    const runner = createJobRunner([job("first"), job("second")], {
      clock: node.clock,
      jobs: node.database.jobs,
      owner: "test",
      onFinished: (name, done) => finished.push([name, done]),
      onFailed: (_name, error) => finished.push(error),
    });
    runner.start();
    // The runner looks every 10 s.
    await poll("a job is begun", 30_000, async () => begun[0]);
    await runner.stop();
    assert.deepEqual([begun, finished], [["first"], [["first", 7]]]);
  });
});
