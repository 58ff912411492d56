import type { Figure } from "./rounds.ts";
import type { StormFigure } from "./storm.ts";

/** The ratios, one line a scenario and engine, in Markdown. */
export const ratioTable = (figures: readonly Figure[]): string =>
  table(
    [
      "Scenario",
      "Engine",
      "Rate /s",
      "Limit of the same run",
      "Limit /s",
      "Ratio",
      "Asked",
      "p50 ms",
      "p99 ms",
      "CPU µs",
      "limit's CPU µs",
    ],
    figures.map(
      ({ scenario, engine, rate, limit, limitRate, ratio, bar, p50, p99, processorTime, limitProcessorTime }) => [
        scenario,
        engine,
        rate.toFixed(0),
        limit,
        limitRate.toFixed(0),
        ratio.toFixed(2),
        `≥ ${bar}`,
        p50.toFixed(2),
        p99.toFixed(2),
        processorTime.toFixed(0),
        limitProcessorTime.toFixed(0),
      ],
    ),
  );

/** The storms, one line an engine, in Markdown. */
export const stormTable = (figures: readonly StormFigure[]): string =>
  table(
    [
      "Engine",
      "Sign-ins /s at capacity",
      "asked for /s",
      "done /s",
      "done of capacity",
      "refused",
      "refusal p99 ms",
      "/me calm p50, p99 ms",
      "/me storm p50, p99 ms",
      "p99 storm : calm",
      "Asked",
    ],
    figures.map((figure) => [
      figure.engine,
      figure.peak.toFixed(0),
      figure.pace.toFixed(0),
      figure.goodput.toFixed(0),
      (figure.goodput / figure.peak).toFixed(2),
      `${(figure.refused * 100).toFixed(0)} %`,
      figure.refusedP99.toFixed(1),
      `${figure.calmP50.toFixed(2)}, ${figure.calmP99.toFixed(2)}`,
      `${figure.stormP50.toFixed(2)}, ${figure.stormP99.toFixed(2)}`,
      figure.p99Ratio.toFixed(2),
      "≤ 3",
    ]),
  );

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
