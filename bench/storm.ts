import { askWho } from "./me.ts";
import { latencyOf, type LoadReport, rateOf, runLoad } from "./load.ts";
import { cores } from "./machine.ts";
import { median } from "./statistics.ts";
import { measureLoad, signIns, type Subject } from "./subject.ts";

/** A sign-in storm as its bystanders meet it. Rates a second, latencies in milliseconds; medians of the rounds. */
export interface StormFigure {
  readonly engine: string;
  /** Sign-ins a second at capacity, and asked for in the storm. */
  readonly peak: number;
  readonly pace: number;
  readonly goodput: number;
  readonly refused: number;
  readonly refusedP99: number;
  readonly calmP50: number;
  readonly calmP99: number;
  readonly stormP50: number;
  readonly stormP99: number;
  readonly p99Ratio: number;
}

const rounds = 3;
// Long enough that a p99 is more than the eighth worst of a few hundred.
const stormIn = 8000;
const probesPerSecond = 250;

/** `/me` at a calm pace, without and with three times as many sign-ins as the server can do. Open loops: nobody waits for anybody. */
export const benchStorm = async (subject: Subject): Promise<StormFigure> => {
  const requests = signIns(subject);
  const { port } = subject.server;
  const closed = { requests, forIn: 2000, callers: 4 * cores, perAddress: 10, atMost: 2000 };
  const peaks = [await measureLoad(subject, 200, closed), await measureLoad(subject, 200, closed)];
  const peak = Math.max(...peaks.map(({ rate }) => rate));
  const pace = 3 * peak;
  const probe = (forIn: number): Promise<LoadReport> =>
    runLoad({ port, requests: subject.sessions.map(askWho), forIn, callers: 0, pace: probesPerSecond });
  const measured: Omit<StormFigure, "engine" | "peak" | "pace">[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const calm = await probe(stormIn);
    const storm = runLoad({ port, requests, forIn: stormIn + 1000, callers: 0, pace, perAddress: 10 });
    const stormy = await probe(stormIn);
    const met = await storm;
    for (const report of [calm, stormy]) rateOf(report, 200);
    measured.push({
      goodput: rateOf(met, 200, [503]),
      refused: met.statuses.filter((status) => status === 503).length / met.statuses.length,
      refusedP99: latencyOf(met, 503, 0.99),
      calmP50: latencyOf(calm, 200, 0.5),
      calmP99: latencyOf(calm, 200, 0.99),
      stormP50: latencyOf(stormy, 200, 0.5),
      stormP99: latencyOf(stormy, 200, 0.99),
      p99Ratio: latencyOf(stormy, 200, 0.99) / latencyOf(calm, 200, 0.99),
    });
  }
  const middle = (name: keyof (typeof measured)[number]): number => median(measured.map((round) => round[name]));
  return {
    engine: subject.engine,
    peak,
    pace,
    goodput: middle("goodput"),
    refused: middle("refused"),
    refusedP99: middle("refusedP99"),
    calmP50: middle("calmP50"),
    calmP99: middle("calmP99"),
    stormP50: middle("stormP50"),
    stormP99: middle("stormP99"),
    p99Ratio: middle("p99Ratio"),
  };
};
