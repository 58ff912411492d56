import { readdirSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { type HashingWork, perform } from "./hashing-work.js";
import type { Answer, Order } from "./worker-process.js";

/** Low enough that whatever wakes goes first, and high enough that a machine which others keep busy still hashes. */
const stepsBackTo = constants.priority.PRIORITY_BELOW_NORMAL;

/** The loops that answer requests, and the database, go before the hashes. */
const stepBack = (): void => {
  try {
    setPriority(stepsBackTo);
    // Linux schedules threads, and Node has started some: each of them, and then this session before others.
    for (const thread of readdirSync("/proc/self/task")) setPriority(Number(thread), stepsBackTo);
    writeFileSync("/proc/self/autogroup", String(stepsBackTo));
  } catch {
    // Another system, or a kernel without autogroups.
  }
};

const answer = async ({ id, work }: Order<HashingWork>): Promise<Answer<string | boolean>> => {
  try {
    return { id, result: await perform(work) };
  } catch (fault) {
    return { id, fault };
  }
};

stepBack();
// A service manager signals every process of the service, whose requests in flight still need their hashes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// The server has ended, whatever way. `process.exit` would wait for the hashes under way.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", (order: Order<HashingWork>) => {
  void answer(order).then((answered) => process.send?.(answered));
});
