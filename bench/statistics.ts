/** The value below or at which the share `at` of the values lies (nearest rank). Throws without values. */
export const quantile = (values: readonly number[], at: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)];
  if (value === undefined) throw new Error("no values, no quantile");
  return value;
};

/** The middle value; the mean of both where there are two. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error("no values, no median");
  return (low + high) / 2;
};

/**
 * Wilcoxon's signed-rank test of paired differences: z by the normal approximation, corrected for ties, positive when the
 * differences lean to the positive. Differences of zero are dropped, as Wilcoxon did.
 */
export const signedRankZ = (differences: readonly number[]): number => {
  const kept = differences.filter((difference) => difference !== 0);
  const { ranks, tieTerm } = rank(kept.map(Math.abs));
  const n = kept.length;
  const positive = kept.reduce((sum, difference, at) => sum + (difference > 0 ? (ranks[at] ?? 0) : 0), 0);
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieTerm / 48;
  return variance === 0 ? 0 : (positive - (n * (n + 1)) / 4) / Math.sqrt(variance);
};

/** The chance that a value of `later` exceeds one of `earlier`, ties counting half (Mann–Whitney): 0.5 when they look alike. */
export const areaUnderCurve = (earlier: readonly number[], later: readonly number[]): number => {
  const { ranks } = rank([...earlier, ...later]);
  const m = later.length;
  const sum = ranks.slice(earlier.length).reduce((total, value) => total + value, 0);
  return (sum - (m * (m + 1)) / 2) / (earlier.length * m);
};

/** The 95 % interval of the median by order statistics: no assumption about the values' distribution. */
export const medianInterval = (values: readonly number[]): readonly [low: number, high: number] => {
  const sorted = values.toSorted((one, other) => one - other);
  const rankLow = Math.max(1, Math.floor(sorted.length / 2 - (1.959964 * Math.sqrt(sorted.length)) / 2));
  const [low, high] = [sorted[rankLow - 1], sorted[sorted.length - rankLow]];
  if (low === undefined || high === undefined) throw new Error("no values, no interval");
  return [low, high];
};

/** Holds the functions above against values worked out elsewhere; throws when one is off. A bench that decides by them runs it first. */
export const checkStatistics = (): void => {
  // Darwin's maize (Fisher, The Design of Experiments, 1935): the negative ranks sum to 24 of 120.
  const maize = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  const expected: readonly (readonly [what: string, found: number, right: number])[] = [
    ["signed-rank z", signedRankZ(maize), 36 / Math.sqrt(310)],
    ["signed-rank z with ties", signedRankZ([1, 1, -1, 2, 0]), 3 / Math.sqrt(7.5 - 24 / 48)],
    ["signed-rank z mirrored", signedRankZ(maize.map((value) => -value)), -36 / Math.sqrt(310)],
    ["area under the curve", areaUnderCurve([1, 2, 3], [2, 3, 4]), 7 / 9],
    ["area of equals", areaUnderCurve([5, 5], [5, 5, 5]), 0.5],
    ["low end of the median's interval", medianInterval(hundred)[0], 40],
    ["high end of the median's interval", medianInterval(hundred)[1], 61],
    ["median", median([4, 1, 3, 2]), 2.5],
    ["99th percentile", quantile(hundred, 0.99), 99],
  ];
  for (const [what, found, right] of expected) {
    if (Math.abs(found - right) > 1e-9) throw new Error(`${what} is ${found}, not ${right}`);
  }
};

/** Ranks from 1, equal values sharing their mean rank; `tieTerm` is the sum of t³ − t over groups of t equal values. */
const rank = (values: readonly number[]): { readonly ranks: readonly number[]; readonly tieTerm: number } => {
  const order = values.map((value, at) => ({ value, at })).sort((one, other) => one.value - other.value);
  const ranks = values.map(() => 0);
  let tieTerm = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to]?.value === order[from]?.value) to += 1;
    for (const { at } of order.slice(from, to)) ranks[at] = (from + 1 + to) / 2;
    tieTerm += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, tieTerm };
};
