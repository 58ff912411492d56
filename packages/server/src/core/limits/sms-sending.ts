import { codeSending, type SendingBudget } from "./sending-budget.js";

/** How many SMS may go out, each of them counted in every one of these: they cost money, and fraudsters have ranges of their own. */
export interface SmsSending {
  /** To one number. */
  readonly number: SendingBudget;
  /** To the 10,000 numbers that differ in their last four digits alone. */
  readonly range: SendingBudget;
  /** To one country, or to what is no country's. */
  readonly country: SendingBudget;
  /** For one API key; for one mount where there are none. */
  readonly client: SendingBudget;
  /** Of the realm. */
  readonly realm: SendingBudget;
}

/** What a realm of a hundred thousand users does not meet. */
export const smsSending: SmsSending = {
  number: codeSending,
  range: { pauseIn: 0, perHour: 50, perDay: 200 },
  country: { pauseIn: 0, perHour: 1_000, perDay: 5_000 },
  client: { pauseIn: 0, perHour: 1_000, perDay: 5_000 },
  realm: { pauseIn: 0, perHour: 2_000, perDay: 10_000 },
};
