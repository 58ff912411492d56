/**
 * How long servers of databases are waited for, in milliseconds. Nothing may keep a request over two seconds: the server is asked to
 * give up first, and the client gives up itself when the server does not answer at all. A connection is waited for a little longer than
 * an answer, so that whoever waited in the pool's queue behind a dead server is told of it, and not of a crowd.
 */
export const requestLimits = { connectIn: 1700, answerIn: 1500, statementIn: 1200, lockIn: 1100 } as const;

/** A migration may wait for another node's and rewrite a large table; 0: the client waits for as long as the server works. */
export const migrationLimits = {
  connectIn: 10_000,
  answerIn: 0,
  statementIn: 3_600_000,
  lockIn: 3_600_000,
} as const;

/** A transaction whose code asks nothing for so long is ended by the server as well. */
export const idleTransactionIn = 10_000;

export type ServerLimits = { readonly [Limit in keyof typeof requestLimits]: number };
