/**
 * How often an identity may try a factor. A try that succeeds is given back, so only failures count.
 * The budget is full again once `restIn` has passed without a counted try: no stretch of `restIn` ever holds more than `limit`.
 */
export interface AttemptBudget {
  readonly limit: number;
  /** Milliseconds. */
  readonly restIn: number;
  /** Consecutive failures, over any time, at which the factor is disabled until recovery (NIST SP 800-63B-4 section 3.2.2). */
  readonly disabledAt: number;
}
