import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { test } from "node:test";
import { Refusal } from "#core/refusal.js";
import { childrenOf, isAlive } from "../server/child-processes.js";
import { poll } from "../server/poll.js";
import { openHasher } from "./hashers.js";

const isLinux = process.platform === "linux";
const password = "Correct-Horse-9-battery";

test("one process does every hash, in a session of its own, behind all others", { skip: !isLinux }, async (t) => {
  const hasher = openHasher(t, { permits: 2 });
  assert.deepEqual(childrenOf(process.pid), []);
  await Promise.all(Array.from({ length: 8 }, () => hasher.hash(password)));
  const [child = 0, ...others] = childrenOf(process.pid);
  assert.deepEqual(others, []);

  const threads = readdirSync(`/proc/${child}/task`);
  const priorities = new Set(threads.map((thread) => getPriority(Number(thread))));
  assert.deepEqual([...priorities], [constants.priority.PRIORITY_BELOW_NORMAL]);
  // proc(5): the sixth field, of which the name before may hold blanks.
  const session = readFileSync(`/proc/${child}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ")[3];
  assert.equal(session, String(child));
  if (existsSync(`/proc/${child}/autogroup`))
    await poll("its session steps back", 1000, async () =>
      readFileSync(`/proc/${child}/autogroup`, "utf8").includes("nice 10") ? true : undefined,
    );
});

test("the process is told nothing but its channel and its threads", { skip: !isLinux }, async (t) => {
  process.env["SECRET_KEY"] = "not to be handed on";
  t.after(() => delete process.env["SECRET_KEY"]);
  await openHasher(t).hash(password);
  const [child = 0] = childrenOf(process.pid);
  const names = readFileSync(`/proc/${child}/environ`, "utf8")
    .split("\0")
    .filter(Boolean)
    .map((line) => line.slice(0, line.indexOf("=")));
  assert.deepEqual(names.toSorted(), ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE", "UV_THREADPOOL_SIZE"]);
});

test("a hash during which the process is killed is refused, and the next one is done", {
  skip: !isLinux,
}, async (t) => {
  const hasher = openHasher(t);
  await hasher.hash(password);
  const [killed = 0] = childrenOf(process.pid);
  // So that it cannot be faster than the second signal.
  process.kill(killed, "SIGSTOP");
  const underWay = hasher.hash(password);
  process.kill(killed, "SIGKILL");
  await assert.rejects(underWay, (error) => Refusal.is(error, "overloaded") && error.details.retryIn === 1);
  const hash = await hasher.hash(password);
  assert.deepEqual(await hasher.verify(password, hash), { isRight: true, isOutdated: false });
});

test("the process leaves with its channel, not at a signal meant for the server", { skip: !isLinux }, async (t) => {
  const hasher = openHasher(t);
  const hash = await hasher.hash(password);
  const [child = 0] = childrenOf(process.pid);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(child, signal);
  assert.deepEqual(await hasher.verify(password, hash), { isRight: true, isOutdated: false });
  assert.deepEqual(childrenOf(process.pid), [child]);
  await hasher.close();
  assert.ok(!isAlive(child));
});

test("an idle process does not keep the one that started it from ending", async () => {
  const idle = fork(new URL("./idle-hasher.js", import.meta.url), { stdio: "inherit" });
  idle.disconnect();
  assert.deepEqual(await once(idle, "exit", { signal: AbortSignal.timeout(5000) }), [0, null]);
});
