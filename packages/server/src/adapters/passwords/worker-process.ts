import { type ChildProcess, fork } from "node:child_process";
import { Refusal } from "#core/refusal.js";

export interface WorkerProcessOptions {
  /** A module that answers each `Order` with an `Answer`, whichever is ready first, and ends when its channel is closed. */
  readonly module: URL;
  /** How many works run at once. The process has so many threads for what does not run on its main one. */
  readonly permits: number;
  /** How many more may wait. */
  readonly queueLength: number;
  /** Milliseconds; nobody is let into a queue that is not short who would probably wait longer. */
  readonly longestWaitIn: number;
  /** So many may wait, however long: a few at once are no storm, also on a machine that others keep busy. */
  readonly shortQueue: number;
}

/**
 * Runs works in one process of its own, so many at once, first come first served, and refuses the excess at once. The process is
 * started by the first work, and anew by the first after its death.
 */
export interface WorkerProcess<Work, Result> {
  /** Works that run. Never more than `permits`. */
  readonly running: number;
  /** Works that wait. */
  readonly waiting: number;
  /** Throws `overloaded` when a work that came now would not be let in. */
  assertRoom(): void;
  /** Throws `overloaded`, also when the process died before the work was done; rejects with the fault of the work. */
  run(work: Work): Promise<Result>;
  /** Ends the process. Works that have not ended are rejected. */
  close(): Promise<void>;
}

/** What the process is asked. */
export interface Order<Work> {
  readonly id: number;
  readonly work: Work;
}

/** What it answers, under the order's id. */
export type Answer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly fault: unknown };

export const createWorkerProcess = <Work, Result>(options: WorkerProcessOptions): WorkerProcess<Work, Result> => {
  const { permits, queueLength, longestWaitIn, shortQueue } = options;
  const queue: Assignment<Work, Result>[] = [];
  const running = new Map<number, Assignment<Work, Result>>();
  let child: ChildProcess | undefined;
  let orders = 0;
  let isClosed = false;
  let meanIn = expectedIn;
  let refusedAt = Number.NEGATIVE_INFINITY;

  /** While works are refused, one processor is left to everything else. */
  const permitsNow = (): number => (performance.now() - refusedAt < stepsBackFor ? Math.max(1, permits - 1) : permits);

  const dispatch = (): void => {
    while (!isClosed && running.size < permitsNow()) {
      const next = queue.shift();
      if (next === undefined) return;
      assign(next);
    }
  };

  const assign = (assignment: Assignment<Work, Result>): void => {
    const id = orders++;
    try {
      child ??= hire();
      keepsAlive(child);
      child.send({ id, work: assignment.work } satisfies Order<Work>);
    } catch (fault) {
      // No process can be started: out of memory, or of processes.
      assignment.reject(fault);
      return;
    }
    assignment.startedAt = performance.now();
    running.set(id, assignment);
  };

  const hire = (): ChildProcess => {
    const hired = fork(options.module, {
      // A session of its own: Linux shares the processors among sessions first (autogroups in sched(7)), and Ctrl-C is not for it.
      detached: true,
      // Nothing of the server's: neither its secrets nor what its Node is told to do.
      env: { UV_THREADPOOL_SIZE: String(permits) },
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    hired.on("message", (answer: Answer<Result>) => finish(hired, answer));
    for (const end of ["disconnect", "exit", "error"]) hired.on(end, () => lose(hired));
    return hired;
  };

  const finish = (by: ChildProcess, answer: Answer<Result>): void => {
    const assignment = running.get(answer.id);
    // Answered by a process that was given up, and so rejected.
    if (assignment === undefined) return;
    running.delete(answer.id);
    meanIn += (performance.now() - assignment.startedAt - meanIn) / meanOver;
    if ("fault" in answer) assignment.reject(answer.fault);
    else assignment.resolve(answer.result);
    dispatch();
    if (running.size === 0) letsEnd(by);
  };

  const lose = (lost: ChildProcess): void => {
    if (lost !== child) return;
    child = undefined;
    lost.kill("SIGKILL");
    const cause = new Error("the process ended before its work");
    for (const { reject } of running.values()) reject(new Refusal("overloaded", { retryIn: 1 }, { cause }));
    running.clear();
    dispatch();
  };

  const assertRoom = (): void => {
    if (isClosed) throw new Error("the process is closed");
    if (running.size < permitsNow() || queue.length < shortQueue) return;
    const waitIn = ((queue.length + 1) / permitsNow()) * meanIn;
    if (queue.length < queueLength && waitIn <= longestWaitIn) return;
    refusedAt = performance.now();
    throw new Refusal("overloaded", { retryIn: Math.max(1, Math.ceil(waitIn / 1000)) });
  };

  return {
    get running() {
      return running.size;
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
      for (const { reject } of queue.splice(0)) reject(new Error("the process is closed"));
      if (child === undefined) return;
      keepsAlive(child);
      const ended = endOf(child);
      lose(child);
      await ended;
    },
  };
};

/** Milliseconds after a refusal. */
const stepsBackFor = 1_000;

/** Milliseconds a work is thought to take before any has been seen, and over how many the mean then runs. */
const expectedIn = 20;
const meanOver = 16;

/** Whose works are done does not keep the server's process from ending. */
const letsEnd = (child: ChildProcess): void => {
  child.unref();
  child.channel?.unref();
};

const keepsAlive = (child: ChildProcess): void => {
  child.ref();
  child.channel?.ref();
};

/** Resolves when it has ended, or was never started. */
const endOf = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => child.once("exit", resolve).once("error", resolve));

interface Assignment<Work, Result> {
  readonly work: Work;
  readonly resolve: (result: Result) => void;
  readonly reject: (fault: unknown) => void;
  startedAt: number;
}
