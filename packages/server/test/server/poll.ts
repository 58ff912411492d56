import { setTimeout as delay } from "node:timers/promises";

const asksEvery = 20;

/** Asks until the answer is not `undefined`, and gives it. Rejects with the last failure, or with `what`, after `within` milliseconds. */
export async function poll<T>(what: string, within: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined) {
        return answer;
      }
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`not within ${within} ms: ${what}`, { cause });
    }
    await delay(asksEvery);
  }
}
