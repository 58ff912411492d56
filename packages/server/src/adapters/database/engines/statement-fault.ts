/**
 * What a failed statement means, whatever the engine calls it.
 * `down`: the store does not answer. `unavailable`: it answers, but not to this in time (locks, full disk). `busy`: it works for others, and our turn did not come in time. `retryable`: it rolled the
 * transaction back and asks to try again. `other`: a fault of ours.
 */
export type FaultKind = "unique-violation" | "retryable" | "down" | "unavailable" | "busy" | "other";

/** A statement the database refused. Carries no parameter: driver errors quote values, so they are never passed on as they are. */
export class StatementFault extends Error {
  override readonly name = "StatementFault";
  readonly kind: FaultKind;
  /** The engine's own code: SQLSTATE, errno name or SQLite's extended code. */
  readonly code: string;
  /** The statement with placeholders. */
  readonly statement: string;

  constructor(
    kind: FaultKind,
    failure: { readonly code: string; readonly message: string; readonly statement: string },
  ) {
    super(`${failure.message} (${failure.code}) in: ${failure.statement}`);
    this.kind = kind;
    this.code = failure.code;
    this.statement = failure.statement;
  }
}

/** The connection was lost, or the disk failed, while a commit was under way: it may have happened. Never retried. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = "CommitOutcomeUnknown";
}

export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof StatementFault && error.kind === "unique-violation";

/** The transaction certainly did not happen and may well succeed when run again. */
export const isRetryable = (error: unknown): boolean => error instanceof StatementFault && error.kind === "retryable";

/** Blanks all that an engine's message quotes, since that may be a stored value. */
export const withoutValues = (message: string): string => message.replace(/['"`].*['"`]/s, "'…'");
