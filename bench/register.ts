import { rawHash } from "./raw-hash.ts";
import { cores } from "./machine.ts";
import { compareInRounds, type Figure } from "./rounds.ts";
import { quantile } from "./statistics.ts";
import { measureLoad, password, post, startBelowHttp, type Subject } from "./subject.ts";

/**
 * Registration, twice: the use case below the hash (`createAccount`) beside the bare driver running the same statements in the same
 * transactions, and `POST /register` with its hash beside the raw hash.
 */
export const benchRegister = async (subject: Subject): Promise<readonly Figure[]> => [
  await belowHash(subject),
  await overHttp(subject),
];

const belowHash = async (subject: Subject): Promise<Figure> => {
  const [useCase, driver] = [startBelowHttp(subject, "register"), startBelowHttp(subject, "register")];
  try {
    const compared = await compareInRounds(3, {
      async subject() {
        const { rate, latencies, processorTime } = await useCase.run("use-case", 700, 32);
        return { rate, processorTime, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
      },
      limit: () => driver.run("bare-driver", 500, 32),
    });
    const limit = "bare driver, same transactions";
    return { scenario: "register below the hash", engine: subject.engine, limit, bar: 0.8, ...compared };
  } finally {
    await Promise.all([useCase.stop(), driver.stop()]);
  }
};

let registered = 0;

const overHttp = async (subject: Subject): Promise<Figure> => {
  const fresh = (): string => {
    const name = `new-${registered++}`;
    return post("/auth/register", { username: name, email: `${name}@example.org`, password });
  };
  const compared = await compareInRounds(3, {
    subject: () => {
      const requests = Array.from({ length: 1000 }, fresh);
      return measureLoad(subject, 201, {
        requests,
        forIn: 1200,
        callers: 4 * cores,
        perAddress: 5,
        atMost: requests.length,
      });
    },
    limit: () => rawHash(600),
  });
  return {
    scenario: "register",
    engine: subject.engine,
    limit: `raw Argon2id, ${cores} at once`,
    bar: 0.8,
    ...compared,
  };
};
