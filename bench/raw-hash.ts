import { hash } from "@node-rs/argon2";
import { cores } from "./machine.ts";
import type { Measured } from "./rounds.ts";

// OWASP's figures, as the server has them; Argon2id is the package's own default.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Argon2id hashes a second that the processors give, one in flight on each and nothing else to do; and the processor time of each. */
export const rawHash = async (forIn: number): Promise<Pick<Measured, "rate" | "processorTime">> => {
  const used = process.cpuUsage();
  const began = performance.now();
  let hashes = 0;
  const hashOn = async (): Promise<void> => {
    while (performance.now() - began < forIn) {
      await hash("Correct-Horse-7-Battery", parameters);
      hashes += 1;
    }
  };
  await Promise.all(Array.from({ length: cores }, hashOn));
  const { user, system } = process.cpuUsage(used);
  return { rate: (hashes * 1000) / (performance.now() - began), processorTime: (user + system) / hashes };
};
