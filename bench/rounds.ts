import { median } from "./statistics.ts";

/** One line of the table. Rates a second, latencies in milliseconds, processor time in microseconds. */
export interface Figure {
  readonly scenario: string;
  readonly engine: string;
  readonly rate: number;
  readonly limit: string;
  readonly limitRate: number;
  readonly ratio: number;
  /** The ratio that the project asks of itself. */
  readonly bar: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the server's processes, per request. */
  readonly processorTime: number;
  /** Of the limit's process, per piece of work. */
  readonly limitProcessorTime: number;
}

/** What one round of a subject measured. */
export interface Measured {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly processorTime: number;
}

const warmUps = 3;

/**
 * Measures subject and limit by turns, so that whatever else the machine does meets both, and keeps the medians: the ratio is the
 * median of the rounds' own ratios. First rounds warm both up and do not count: code that has
 * run a few hundred times is not yet the code that a server runs for months.
 */
export const compareInRounds = async (
  rounds: number,
  sides: {
    readonly subject: () => Promise<Measured>;
    readonly limit: () => Promise<Pick<Measured, "rate" | "processorTime">>;
  },
) => {
  for (let warmUp = 0; warmUp < warmUps; warmUp += 1) {
    await sides.limit();
    await sides.subject();
  }
  const measured: (Measured & Pick<Figure, "limitRate" | "limitProcessorTime">)[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await sides.limit();
    const subject = await sides.subject();
    const after = await sides.limit();
    const limitRate = (before.rate + after.rate) / 2;
    measured.push({ ...subject, limitRate, limitProcessorTime: (before.processorTime + after.processorTime) / 2 });
  }
  const middle = (of: (round: (typeof measured)[number]) => number): number => median(measured.map(of));
  return {
    rate: middle(({ rate }) => rate),
    limitRate: middle(({ limitRate }) => limitRate),
    ratio: middle(({ rate, limitRate }) => rate / limitRate),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    processorTime: middle(({ processorTime }) => processorTime),
    limitProcessorTime: middle(({ limitProcessorTime }) => limitProcessorTime),
  };
};
