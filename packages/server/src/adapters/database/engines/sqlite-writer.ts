import { Worker } from "node:worker_threads";
import { Refusal } from "#core/refusal.js";
import {
  slotStates,
  type SqliteFailure,
  type WriterAnswer,
  type WriterGreeting,
  type WriterRequest,
  type WriterSettings,
} from "./sqlite-messages.js";

/** Requests that may wait for the writer; beyond it the store is overloaded and refuses. */
const mostWaiting = 4096;
const sweepIn = 100;

type Greeting = Extract<WriterGreeting, { isOpen: true }>;
type Answered = Extract<WriterAnswer, { kind: "done" }>;

/** What became of a request that was not done. */
export type WriterFailure =
  | { readonly kind: "failed"; readonly failure: SqliteFailure }
  | { readonly kind: "commit-failed"; readonly failure: SqliteFailure }
  /** Its turn did not come in time; it was not begun and never will be. */
  | { readonly kind: "passed-over" }
  /** The thread died. Whether a commit under way happened is unknown. */
  | { readonly kind: "died"; readonly wasCommitting: boolean; readonly cause: unknown };

export interface WriterOptions {
  readonly path: string;
  readonly busyIn: number;
  /** Milliseconds for which a request may wait for its turn. */
  readonly waitIn: number;
  /** Told when a request waited in vain: the disk, or another process, has the writer. */
  readonly onStuck: () => void;
}

export type StatementOfWriter = {
  readonly transaction: number | undefined;
  readonly begins: boolean;
  readonly sql: string;
  readonly parameters: readonly unknown[];
};

/** The main thread's end of the writer. Starts a thread again when the last one died. */
export class SqliteWriter {
  readonly #options: WriterOptions;
  readonly #slots = new Int32Array(new SharedArrayBuffer(mostWaiting * Int32Array.BYTES_PER_ELEMENT));
  readonly #freeSlots: number[] = Array.from({ length: mostWaiting }, (_, index) => mostWaiting - 1 - index);
  readonly #pending = new Map<number, Pending>();
  #outbox: WriterRequest[] = [];
  #thread: Thread | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #nextId = 1;
  #isClosed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** What is in force once the file is open. */
  greeting(): Promise<Greeting> {
    this.#thread ??= this.#start();
    return this.#thread.opened;
  }

  newTransaction(): number {
    return this.#nextId++;
  }

  /** Resolves when the statement's answer may be known: a single one's after its commit. Rejects with a `WriterFailed`. */
  statement(statement: StatementOfWriter): Promise<Answered> {
    const slot = this.#freeSlots.pop();
    if (slot === undefined) {
      return Promise.reject(new Refusal("store-unavailable", { retryIn: 1, during: "queue" }));
    }
    const mayWait = statement.transaction === undefined || statement.begins;
    Atomics.store(this.#slots, slot, slotStates.waiting);
    const id = this.#nextId++;
    return this.#send(
      { kind: "statement", id, slot, ...statement },
      {
        slot,
        givenUpAt: mayWait ? performance.now() + this.#options.waitIn : undefined,
        isCommit: statement.transaction === undefined,
      },
    );
  }

  end(kind: "commit" | "rollback", transaction: number): Promise<Answered> {
    return this.#send(
      { kind, id: this.#nextId++, transaction },
      { slot: undefined, givenUpAt: undefined, isCommit: kind === "commit" },
    );
  }

  /** Resolves when the thread answers, which it does not while it waits for the disk. */
  async ping(): Promise<void> {
    await this.#send({ kind: "ping", id: this.#nextId++ }, { slot: undefined, givenUpAt: undefined, isCommit: false });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const thread = this.#thread;
    if (thread !== undefined) {
      await this.#send(
        { kind: "close", id: this.#nextId++ },
        { slot: undefined, givenUpAt: undefined, isCommit: false },
      );
    }
    this.#isClosed = true;
    clearTimeout(this.#sweeper);
    await thread?.worker.terminate();
  }

  #send(request: WriterRequest, terms: Terms): Promise<Answered> {
    if (this.#isClosed) return Promise.reject(new Error("the database is closed"));
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { ...terms, resolve, reject });
      if (terms.givenUpAt !== undefined) this.#sweepLater();
      this.#outbox.push(request);
      // What is asked in the same turn travels in one message.
      if (this.#outbox.length === 1) queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    const requests = this.#outbox;
    if (requests.length === 0) return;
    if (this.#thread?.isOpen) {
      this.#outbox = [];
      this.#thread.worker.postMessage(requests);
      return;
    }
    this.greeting().then(
      () => this.#flush(),
      (cause: unknown) => this.#failAll(cause),
    );
  }

  #start(): Thread {
    const { path, busyIn } = this.#options;
    const workerData: WriterSettings = { path, busyIn, slots: this.#slots.buffer as SharedArrayBuffer };
    const worker = new Worker(new URL("./sqlite-worker.js", import.meta.url), { workerData });
    const opened = new Promise<Greeting>((resolve, reject) => {
      worker.once("message", (greeting: WriterGreeting) => {
        if (!greeting.isOpen) {
          if (this.#thread === thread) this.#thread = undefined;
          reject(new WriterFailed({ kind: "failed", failure: greeting.failure }));
          return;
        }
        thread.isOpen = true;
        worker.on("message", (answers: readonly WriterAnswer[]) => this.#receive(answers));
        resolve(greeting);
      });
      const died = (cause: unknown): void => {
        reject(new WriterFailed({ kind: "died", wasCommitting: false, cause }));
        if (this.#thread !== thread) return;
        this.#thread = undefined;
        this.#failAll(cause);
      };
      worker.once("error", died);
      worker.once("exit", (code) => died(new Error(`the SQLite writer ended with code ${code}`)));
    });
    const thread: Thread = { worker, opened, isOpen: false };
    return thread;
  }

  #receive(answers: readonly WriterAnswer[]): void {
    for (const answer of answers) {
      const pending = this.#pending.get(answer.id);
      if (pending === undefined) continue;
      this.#pending.delete(answer.id);
      this.#freeSlot(pending.slot);
      switch (answer.kind) {
        case "done":
          pending.resolve(answer);
          break;
        case "passed-over":
          // Rejected when it was given up; only the slot was still in use.
          break;
        default:
          pending.reject(new WriterFailed(answer));
      }
    }
  }

  #failAll(cause: unknown): void {
    this.#outbox = [];
    for (const pending of this.#pending.values()) {
      this.#freeSlot(pending.slot);
      pending.reject(new WriterFailed({ kind: "died", wasCommitting: pending.isCommit, cause }));
    }
    this.#pending.clear();
  }

  #freeSlot(slot: number | undefined): void {
    if (slot === undefined) return;
    Atomics.store(this.#slots, slot, slotStates.free);
    this.#freeSlots.push(slot);
  }

  #sweepLater(): void {
    this.#sweeper ??= setTimeout(() => {
      this.#sweeper = undefined;
      this.#giveUpLate();
    }, sweepIn);
  }

  #giveUpLate(): void {
    const now = performance.now();
    let isAnyWaiting = false;
    let isStuck = false;
    for (const pending of this.#pending.values()) {
      if (pending.givenUpAt === undefined || pending.slot === undefined) continue;
      if (pending.givenUpAt > now) {
        isAnyWaiting = true;
        continue;
      }
      if (
        Atomics.compareExchange(this.#slots, pending.slot, slotStates.waiting, slotStates.givenUp) ===
        slotStates.waiting
      ) {
        isStuck = true;
        pending.reject(new WriterFailed({ kind: "passed-over" }));
      }
    }
    if (isAnyWaiting) this.#sweepLater();
    if (isStuck) this.#options.onStuck();
  }
}

interface Thread {
  readonly worker: Worker;
  readonly opened: Promise<Greeting>;
  isOpen: boolean;
}

interface Terms {
  readonly slot: number | undefined;
  readonly givenUpAt: number | undefined;
  readonly isCommit: boolean;
}

interface Pending extends Terms {
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/** How a request to the writer failed; `SqliteConnection` translates it. */
export class WriterFailed extends Error {
  override readonly name = "WriterFailed";
  readonly outcome: WriterFailure;

  constructor(outcome: WriterFailure) {
    super(outcome.kind === "failed" || outcome.kind === "commit-failed" ? outcome.failure.message : outcome.kind, {
      cause: outcome.kind === "died" ? outcome.cause : undefined,
    });
    this.outcome = outcome;
  }
}
