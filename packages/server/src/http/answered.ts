import type { Answer } from "./answer.js";

/** A failure whose answer is found already, where the words depend on more than the failure: a page in which a form goes on. */
export class Answered extends Error {
  override readonly name = "Answered";
  readonly answer: Answer;
  /** What is recorded. */
  readonly failure: unknown;

  constructor(answer: Answer, failure: unknown) {
    super("answered");
    this.answer = answer;
    this.failure = failure;
  }
}
