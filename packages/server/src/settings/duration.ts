const units = {
  s: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
} as const;

/** The form of a duration in the configuration: a whole number and its unit. */
export const durationPattern = "^[1-9][0-9]{0,5} ?(?:s|m|min|h|d|seconds?|minutes?|hours?|days?)$";

/** Milliseconds of a text that `durationPattern` has accepted. */
export const parseDuration = (text: string): number => {
  const [, count = "", unit = ""] = /^(\d+) ?([a-z]+)$/.exec(text) ?? [];
  const name = Object.hasOwn(units, unit) ? unit : unit.replace(/s$/, "");
  return Number(count) * units[name as keyof typeof units];
};

/** The shortest form of a duration in whole seconds, as `parseDuration` reads it. */
export const formatDuration = (milliseconds: number): string => {
  const unit = (["d", "h", "m"] as const).find((name) => milliseconds % units[name] === 0) ?? "s";
  return `${String(milliseconds / units[unit])}${unit}`;
};
