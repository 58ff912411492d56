import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below 32768, where Linux begins to hand out source ports: a port chosen there is still free when an engine or server starts again.
const lowest = 20_000;
const afterHighest = 32_000;

/** A port that nothing listens on at 127.0.0.1. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(lowest, afterHighest);
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`no free port between ${lowest} and ${afterHighest}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
