import { setTimeout as pause } from "node:timers/promises";
import { Refusal } from "#core/refusal.js";

const firstPause = 250;
const longestPause = 4000;
const patience = 60_000;

/** Runs `work`, which may be repeated, again while the store does not answer, as during a failover: for a minute. */
export const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  const startedAt = performance.now();
  for (let wait = firstPause; ; wait = Math.min(2 * wait, longestPause)) {
    try {
      return await work();
    } catch (error) {
      if (!Refusal.is(error, "store-unavailable") || performance.now() - startedAt > patience) throw error;
      await pause(wait);
    }
  }
};
