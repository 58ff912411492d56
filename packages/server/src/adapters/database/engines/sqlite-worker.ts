import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { SqliteFile, sqliteFailure } from "./sqlite-file.js";
import {
  busyCode,
  primaryCode,
  slotStates,
  type SqliteFailure,
  type WriterAnswer,
  type WriterGreeting,
  type WriterRequest,
  type WriterSettings,
} from "./sqlite-messages.js";

// The writer's thread: the only place that waits for the disk. Transactions run one after another, each in a savepoint, several
// within one commit. What must not be known before that commit is kept in `held`.

/** A group is committed at the latest with so many members, or when its first is so old, however many still wait. */
const groupLimit = 64;
const groupIn = 10;
/** Statements after which the log is copied into the file, once their answers are out. */
const checkpointAfter = 1000;
/** Milliseconds for which a file is waited for that others open, too. */
const openIn = 10_000;
/** Never woken: waiting for it is a pause. */
const pause = new Int32Array(new SharedArrayBuffer(4));

type StatementRequest = Extract<WriterRequest, { kind: "statement" }>;
type EndRequest = Extract<WriterRequest, { kind: "commit" | "rollback" }>;

if (parentPort === null) throw new Error("the SQLite writer runs in a worker thread only");
const port = parentPort;
const settings = workerData as WriterSettings;
const slots = new Int32Array(settings.slots);

const waiting: StatementRequest[] = [];
let answers: WriterAnswer[] = [];
/** Answers of the open group; empty when no group is open. */
let held: WriterAnswer[] = [];
let isGroupOpen = false;
let groupMembers = 0;
let groupOpenedAt = 0;
/** The transaction that has the writer. `failure` once SQLite rolled it back together with its group. */
let current: { readonly transaction: number; failure: SqliteFailure | undefined } | undefined;
let statementsSinceCheckpoint = 0;
let isClosed = false;

const file = open();
if (file !== undefined) {
  port.on("message", (requests: readonly WriterRequest[]) => {
    receive(file, requests);
    work(file);
    send();
  });
}

function open(): SqliteFile | undefined {
  try {
    const opened = new SqliteFile(settings.path, { readOnly: false, busyIn: settings.busyIn });
    keepLog(opened);
    // Checkpoints are made below, after the answers are out: an automatic one would delay them.
    // What is deleted is overwritten: an erased account must not live on in free pages.
    opened.exec(
      "pragma synchronous = full; pragma secure_delete = on; pragma foreign_keys = on; pragma wal_autocheckpoint = 0; pragma journal_size_limit = 67108864",
    );
    const greeting: WriterGreeting = {
      isOpen: true,
      journalMode: String(opened.run("pragma journal_mode", []).rows[0]?.["journal_mode"]),
      synchronous: Number(opened.run("pragma synchronous", []).rows[0]?.["synchronous"]),
    };
    port.postMessage(greeting);
    return opened;
  } catch (error) {
    const greeting: WriterGreeting = { isOpen: false, failure: sqliteFailure(error) };
    port.postMessage(greeting);
    port.close();
    return undefined;
  }
}

/** Of two who give a new file its log at once, SQLite refuses one without waiting, since each holds what the other waits for. */
function keepLog(database: SqliteFile): void {
  const until = performance.now() + openIn;
  for (;;) {
    try {
      database.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      if (primaryCode(sqliteFailure(error)) !== busyCode || performance.now() > until) throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}

function receive(database: SqliteFile, requests: readonly WriterRequest[]): void {
  for (const request of requests) {
    switch (request.kind) {
      case "statement":
        if (request.transaction !== undefined && !request.begins) runInTransaction(database, request);
        else waiting.push(request);
        break;
      case "commit":
      case "rollback":
        endTransaction(database, request);
        break;
      case "ping":
        answers.push({ kind: "done", id: request.id, rows: [], changes: 0 });
        break;
      case "close":
        close(database, request.id);
        break;
    }
  }
}

/** Runs all that waits until a transaction has the writer or nothing is left, then commits. */
function work(database: SqliteFile): void {
  for (;;) {
    while (current === undefined && !isGroupFull()) {
      const next = waiting.shift();
      if (next === undefined) break;
      begin(database, next);
    }
    if (current !== undefined || isClosed) return;
    const more: { message: readonly WriterRequest[] } | undefined = receiveMessageOnPort(port);
    if (more !== undefined) receive(database, more.message);
    if (isGroupFull() || (more === undefined && waiting.length === 0)) {
      commitGroup(database);
      if (more === undefined && waiting.length === 0) return;
    }
  }
}

function isGroupFull(): boolean {
  return isGroupOpen && (groupMembers >= groupLimit || performance.now() - groupOpenedAt >= groupIn);
}

function begin(database: SqliteFile, request: StatementRequest): void {
  if (Atomics.compareExchange(slots, request.slot, slotStates.waiting, slotStates.begun) !== slotStates.waiting) {
    answers.push({ kind: "passed-over", id: request.id });
    return;
  }
  if (!isGroupOpen) {
    try {
      database.run("begin immediate", []);
    } catch (error) {
      answers.push({ kind: "failed", id: request.id, failure: sqliteFailure(error) });
      // Its transaction never began; the main thread ends it without asking here.
      return;
    }
    isGroupOpen = true;
    groupMembers = 0;
    groupOpenedAt = performance.now();
  }
  groupMembers += 1;
  if (request.transaction === undefined) {
    // A failed statement undoes itself, so that a single one needs no savepoint.
    const answer = execute(database, request);
    (isGroupOpen ? held : answers).push(answer);
    return;
  }
  try {
    database.run("savepoint one_transaction", []);
  } catch (error) {
    const failure = sqliteFailure(error);
    abandonGroup(database, failure);
    answers.push({ kind: "failed", id: request.id, failure });
    return;
  }
  current = { transaction: request.transaction, failure: undefined };
  answers.push(execute(database, request));
}

function runInTransaction(database: SqliteFile, request: StatementRequest): void {
  Atomics.store(slots, request.slot, slotStates.begun);
  if (current === undefined || current.transaction !== request.transaction) {
    answers.push({ kind: "failed", id: request.id, failure: { code: 0, message: "the transaction has ended" } });
  } else if (current.failure !== undefined) {
    answers.push({ kind: "failed", id: request.id, failure: current.failure });
  } else {
    answers.push(execute(database, request));
  }
}

function execute(database: SqliteFile, request: StatementRequest): WriterAnswer {
  statementsSinceCheckpoint += 1;
  try {
    return { kind: "done", id: request.id, ...database.run(request.sql, request.parameters) };
  } catch (error) {
    const failure = sqliteFailure(error);
    // A full disk or failed write makes SQLite roll everything back, not only this statement.
    if (!database.isInTransaction) failGroup(failure);
    return { kind: "failed", id: request.id, failure };
  }
}

function endTransaction(database: SqliteFile, request: EndRequest): void {
  if (current === undefined || current.transaction !== request.transaction) {
    answers.push({ kind: "failed", id: request.id, failure: { code: 0, message: "the transaction has ended" } });
    return;
  }
  const { failure } = current;
  current = undefined;
  if (failure !== undefined) {
    answers.push({ kind: "commit-failed", id: request.id, failure });
    return;
  }
  try {
    if (request.kind === "rollback") database.run("rollback to one_transaction", []);
    database.run("release one_transaction", []);
    held.push({ kind: "done", id: request.id, rows: [], changes: 0 });
  } catch (error) {
    abandonGroup(database, sqliteFailure(error));
    answers.push({ kind: "commit-failed", id: request.id, failure: sqliteFailure(error) });
  }
}

function commitGroup(database: SqliteFile): void {
  if (!isGroupOpen) return;
  try {
    database.run("commit", []);
  } catch (error) {
    abandonGroup(database, sqliteFailure(error));
    send();
    return;
  }
  isGroupOpen = false;
  answers.push(...held);
  held = [];
  send();
  if (statementsSinceCheckpoint >= checkpointAfter) checkpoint(database);
}

/** Passive: it waits for no reader and no reader waits for it. What it could not copy, the next one does. */
function checkpoint(database: SqliteFile): void {
  statementsSinceCheckpoint = 0;
  try {
    database.run("pragma wal_checkpoint(passive)", []);
  } catch {
    // The log keeps everything that was committed; a failing disk shows at the next commit.
  }
}

function abandonGroup(database: SqliteFile, failure: SqliteFailure): void {
  try {
    if (database.isInTransaction) database.run("rollback", []);
  } catch {
    // Whatever happens to the rollback: nothing of the group is acknowledged.
  }
  failGroup(failure);
}

/** Nobody in the group was answered yet, and now all of them fail, also those that were to be refused. */
function failGroup(failure: SqliteFailure): void {
  for (const { id } of held) answers.push({ kind: "commit-failed", id, failure });
  held = [];
  isGroupOpen = false;
  if (current !== undefined) current.failure = failure;
}

function send(): void {
  if (answers.length === 0) return;
  port.postMessage(answers);
  answers = [];
}

/** So that nothing that was erased stays behind in it: a close does it only for the last of all connections. */
function emptyLog(database: SqliteFile): void {
  try {
    database.run("pragma wal_checkpoint(truncate)", []);
  } catch {
    // Another process is at it; the next checkpoint does it.
  }
}

function close(database: SqliteFile, id: number): void {
  if (current !== undefined) abandonGroup(database, { code: 0, message: "the database is being closed" });
  current = undefined;
  commitGroup(database);
  emptyLog(database);
  database.close();
  isClosed = true;
  answers.push({ kind: "done", id, rows: [], changes: 0 });
  send();
  port.close();
}
