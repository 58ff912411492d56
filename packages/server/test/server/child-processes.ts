import { readdirSync, readFileSync } from "node:fs";

/** The processes that a process started and that are there still, by id. Linux only. */
export const childrenOf = (pid: number): readonly number[] =>
  ofThreads(pid, "children").flatMap((children) => children.split(" ").filter(Boolean).map(Number));

/** Whether no thread of it runs: it is stopped, or is not there any more. Linux only. */
export const standsStill = (pid: number): boolean =>
  ofThreads(pid, "status").every((status) => /^State:\s+[TZX]/m.test(status));

/** What `/proc` says of each thread of a process, without those that end meanwhile. */
const ofThreads = (pid: number, file: "children" | "status"): readonly string[] => {
  const threads = orNone(() => readdirSync(`/proc/${pid}/task`));
  return threads.flatMap((thread) => orNone(() => [readFileSync(`/proc/${pid}/task/${thread}/${file}`, "utf8")]));
};

const orNone = (read: () => readonly string[]): readonly string[] => {
  try {
    return read();
  } catch {
    return [];
  }
};

/** Whether there is such a process still; one that has ended and waits for its parent is none. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};
