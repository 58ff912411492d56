import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { type HashingWork, perform } from "./hashing-work.js";

// Linux schedules threads, not processes: the loop that answers requests then always goes before the hashes.
const stepBack = (): void => {
  try {
    setPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1)), constants.priority.PRIORITY_LOW);
  } catch {
    // Another system: all threads stay equal.
  }
};

if (parentPort !== null) {
  const port = parentPort;
  stepBack();
  port.on("message", (work: HashingWork) => {
    try {
      port.postMessage({ result: perform(work) });
    } catch (fault) {
      port.postMessage({ fault });
    }
  });
}
