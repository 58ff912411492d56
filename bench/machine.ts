import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { childrenOf } from "../packages/server/test/server/child-processes.ts";

/** The processors that everything here shares. */
export const cores = availableParallelism();

/** What the figures were measured on. */
export const machine = (): string =>
  `${cores} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 1024 ** 3)} GB, Linux ${release()}, ${autogroup()}`;

/** Whether Linux shares processors among sessions first and among their processes then (sched(7)): measured, it decides the storm. */
const autogroup = (): string => {
  try {
    const isOn = readFileSync("/proc/sys/kernel/sched_autogroup_enabled", "utf8").trim() === "1";
    return `sched_autogroup_enabled = ${isOn ? "1" : "0"}`;
  } catch {
    return "no sched_autogroup";
  }
};

/** Microseconds of processor time that a process and those it started have taken so far, over all their threads. */
export const processorTime = (pid: number): number =>
  [pid, ...childrenOf(pid)].map(ownProcessorTime).reduce((sum, time) => sum + time);

const ownProcessorTime = (pid: number): number => {
  // proc(5): fields 14 and 15, in ticks of a hundredth of a second; the name before them may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
};
