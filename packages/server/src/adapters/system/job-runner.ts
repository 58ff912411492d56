import type { Job } from "#core/jobs/housekeeping.js";
import type { JobStore } from "#core/jobs/job-store.js";
import type { Clock } from "#core/ports.js";

export interface JobRunnerNeeds {
  readonly clock: Clock;
  readonly jobs: JobStore;
  /** This process, in leases. */
  readonly owner: string;
  onFinished(job: string, done: number): void;
  onFailed(job: string, error: unknown): void;
}

export interface JobRunner {
  start(): void;
  /** Starts nothing more, tells the job that runs to end, and waits for it. */
  stop(): Promise<void>;
}

const lookEveryIn = 10_000;
const leaseIn = 300_000;

/** Runs each job on one node at a time, whenever it is due. */
export const createJobRunner = (jobs: readonly Job[], needs: JobRunnerNeeds): JobRunner => {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const stopping = new AbortController();

  const runDue = async (): Promise<void> => {
    for (const job of jobs) {
      if (stopping.signal.aborted) return;
      await runOne(job, stopping.signal, needs).catch((error: unknown) => needs.onFailed(job.name, error));
    }
  };

  const look = (): void => {
    running ??= runDue().finally(() => {
      running = undefined;
    });
  };

  return {
    start() {
      timer = setInterval(look, lookEveryIn).unref();
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };
};

const runOne = async (job: Job, stopping: AbortSignal, needs: JobRunnerNeeds): Promise<void> => {
  const { clock, jobs, owner } = needs;
  const now = clock.now();
  const lease = { name: job.name, owner, now, leasedUntil: now + leaseIn, everyIn: job.everyIn };
  if (!(await jobs.lease(lease))) return;
  try {
    const done = await job.run(stopping);
    await jobs.finish(job.name, owner, { at: clock.now(), done, error: "" });
    if (done > 0) needs.onFinished(job.name, done);
  } catch (error) {
    await jobs.finish(job.name, owner, {
      at: clock.now(),
      done: 0,
      error: error instanceof Error ? error.name : "unknown",
    });
    throw error;
  }
};
