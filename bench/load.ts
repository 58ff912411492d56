import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { quantile } from "./statistics.ts";

/** What a load generator sends, and when it ends: always by count and by time. */
export interface LoadPlan {
  readonly port: number;
  /** Sent in turn, from the first again after the last. */
  readonly requests: readonly string[];
  /** Milliseconds. */
  readonly forIn: number;
  readonly atMost: number;
  /** Requests in flight of a closed loop. */
  readonly callers: number;
  /** Requests a second of an open loop, which has no callers. */
  readonly pace?: number;
  /** Requests from one source address before a connection from the next: the server's limits count per address. */
  readonly perAddress?: number;
  readonly firstAddress: number;
}

/** What came back, in the order of the answers. */
export interface LoadReport {
  readonly statuses: readonly number[];
  /** Milliseconds. */
  readonly latencies: readonly number[];
  readonly tookIn: number;
  readonly lastBody: string;
}

let addressesGiven = 0;
/** Kept for the next load: each takes a second to start. */
const idle: ChildProcess[] = [];

/** Runs the load in a process of its own; no two loads of one run share a source address. */
export const runLoad = async (
  wanted: Omit<LoadPlan, "firstAddress" | "atMost"> & { readonly atMost?: number },
): Promise<LoadReport> => {
  const plan: LoadPlan = { atMost: 100_000, ...wanted, firstAddress: addressesGiven };
  addressesGiven += wanted.perAddress === undefined ? 1000 : Math.ceil(plan.atMost / wanted.perAddress) + plan.callers;
  const generator = idle.pop() ?? startProcess("./load-generator.ts");
  generator.send(plan);
  const report = await firstMessage<LoadReport>("the load generator", generator);
  idle.push(generator);
  return report;
};

/** Ends the generators that the loads left idle. */
export const endLoads = (): void => {
  for (const generator of idle.splice(0)) generator.disconnect();
};

/** Starts a file of this folder as a process of its own. */
export const startProcess = (file: string, environment?: Readonly<Record<string, string>>): ChildProcess =>
  fork(fileURLToPath(new URL(file, import.meta.url)), {
    serialization: "advanced",
    ...(environment === undefined ? {} : { env: environment }),
  });

/** The next message of a process; rejects when it ends without one. */
export const firstMessage = <Answer>(name: string, child: ChildProcess): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${name} ended with ${code} and no answer`));
    child.once("exit", ended);
    child.once("message", (answer) => {
      child.off("exit", ended);
      // Both ends are this bench's own files.
      resolve(answer as Answer);
    });
  });

/** Answers a second with this status. Refuses a report that holds any status not named: what fails fast is no throughput. */
export const rateOf = (report: LoadReport, status: number, alsoAllowed: readonly number[] = []): number => {
  const strange = report.statuses.find((found) => found !== status && !alsoAllowed.includes(found));
  if (strange !== undefined) throw new Error(`an answer ${strange} among those of ${status}: ${report.lastBody}`);
  return (report.statuses.filter((found) => found === status).length * 1000) / report.tookIn;
};

/** The latency, in milliseconds, of answers with this status. */
export const latencyOf = (report: LoadReport, status: number, at: number): number =>
  quantile(
    report.latencies.filter((_, index) => report.statuses[index] === status),
    at,
  );
