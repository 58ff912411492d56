import { Worker } from "node:worker_threads";
import { Refusal } from "#core/refusal.js";

export interface ThreadPoolOptions {
  /** A module that answers each message with `{ result }` or `{ fault }`. */
  readonly thread: URL;
  /** How many works run at once. */
  readonly permits: number;
  /** How many more may wait. */
  readonly queueLength: number;
  /** Milliseconds; nobody is let into a queue that is not short who would probably wait longer. */
  readonly longestWaitIn: number;
  /** So many may wait, however long: a few at once are no storm, also on a machine that others keep busy. */
  readonly shortQueue: number;
}

/** Runs blocking work on a fixed number of threads, first come first served, and refuses the excess at once. */
export interface ThreadPool<Work, Result> {
  /** Works that run. Never more than `permits`. */
  readonly running: number;
  /** Works that wait. */
  readonly waiting: number;
  /** Throws `overloaded` when a work that came now would not be let in. */
  assertRoom(): void;
  /** Throws `overloaded`; rejects with the fault of the work or of its thread. */
  run(work: Work): Promise<Result>;
  /** Ends the threads. Works that have not ended are rejected. */
  close(): Promise<void>;
}

export const createThreadPool = <Work, Result>(options: ThreadPoolOptions): ThreadPool<Work, Result> => {
  const { permits, queueLength, longestWaitIn, shortQueue } = options;
  const idle: Worker[] = [];
  const queue: Assignment<Work, Result>[] = [];
  const busy = new Map<Worker, Assignment<Work, Result>>();
  let isClosed = false;
  let meanIn = expectedIn;

  const dispatch = (): void => {
    if (isClosed || busy.size >= permits) return;
    const next = queue.shift();
    if (next === undefined) return;
    assign(idle.pop() ?? hire(), next);
  };

  const assign = (worker: Worker, assignment: Assignment<Work, Result>): void => {
    busy.set(worker, assignment);
    assignment.startedAt = performance.now();
    worker.ref();
    worker.postMessage(assignment.work);
  };

  const hire = (): Worker => {
    const worker = new Worker(options.thread);
    worker.on("message", (answer: Answer<Result>) => {
      const assignment = release(worker);
      idle.push(worker);
      // An idle thread does not keep the process alive.
      worker.unref();
      if (assignment !== undefined) {
        meanIn += (performance.now() - assignment.startedAt - meanIn) / meanOver;
        if ("fault" in answer) assignment.reject(answer.fault);
        else assignment.resolve(answer.result);
      }
      dispatch();
    });
    worker.on("error", (error) => release(worker)?.reject(error));
    worker.on("exit", () => {
      const position = idle.indexOf(worker);
      if (position >= 0) idle.splice(position, 1);
      release(worker)?.reject(new Error("the thread ended before its work"));
      dispatch();
    });
    return worker;
  };

  const release = (worker: Worker): Assignment<Work, Result> | undefined => {
    const assignment = busy.get(worker);
    busy.delete(worker);
    return assignment;
  };

  const assertRoom = (): void => {
    if (isClosed) throw new Error("the pool is closed");
    if (busy.size < permits || queue.length < shortQueue) return;
    const waitIn = ((queue.length + 1) / permits) * meanIn;
    if (queue.length < queueLength && waitIn <= longestWaitIn) return;
    throw new Refusal("overloaded", { retryIn: Math.max(1, Math.ceil(waitIn / 1000)) });
  };

  return {
    get running() {
      return busy.size;
    },
    get waiting() {
      return queue.length;
    },
    assertRoom,
    run: (work) =>
      new Promise((resolve, reject) => {
        assertRoom();
        queue.push({ work, resolve, reject, startedAt: 0 });
        dispatch();
      }),
    async close() {
      isClosed = true;
      const workers = [...busy.keys(), ...idle];
      for (const { reject } of queue.splice(0)) reject(new Error("the pool is closed"));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};

/** Milliseconds a work is thought to take before any has been seen, and over how many the mean then runs. */
const expectedIn = 20;
const meanOver = 16;

interface Assignment<Work, Result> {
  readonly work: Work;
  readonly resolve: (result: Result) => void;
  readonly reject: (fault: unknown) => void;
  startedAt: number;
}

type Answer<Result> = { readonly result: Result } | { readonly fault: unknown };
