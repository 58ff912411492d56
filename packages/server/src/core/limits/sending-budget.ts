/** How often one address may be written to. */
export interface SendingBudget {
  /** Milliseconds between two messages. */
  readonly pauseIn: number;
  readonly perHour: number;
  readonly perDay: number;
}

/** One a minute, five an hour, ten a day (`specs/account.md`). */
export const codeSending: SendingBudget = { pauseIn: 60_000, perHour: 5, perDay: 10 };
