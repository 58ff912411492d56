import type { Instant } from "../ids.js";

/** Leases of background jobs: one node runs a job at a time. Not bound to a realm. */
export interface JobStore {
  /** Takes the job until `leasedUntil` when it is due at `now` and nobody holds it: `true` for exactly one node. */
  lease(job: JobLease): Promise<boolean>;
  /** Ends the lease and keeps what was done; only its owner may. */
  finish(name: string, owner: string, outcome: JobOutcome): Promise<void>;
  list(): Promise<readonly JobState[]>;
}

export interface JobLease {
  readonly name: string;
  readonly owner: string;
  readonly now: Instant;
  readonly leasedUntil: Instant;
  /** Milliseconds between the starts of two runs. */
  readonly everyIn: number;
}

export interface JobOutcome {
  readonly at: Instant;
  readonly done: number;
  /** Empty when it went well. */
  readonly error: string;
}

export interface JobState {
  readonly name: string;
  readonly owner: string;
  readonly leasedUntil: Instant;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | undefined;
  readonly done: number;
  readonly error: string;
}
