import type { Instant } from "#core/ids.js";

const form = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-](\d\d):(\d\d))$/;

/** Reads an RFC 3339 time, of the years 1970 to 9999; `undefined` for anything else, a 30 February included. */
export const parseTime = (text: string): Instant | undefined => {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, ...clock] = match.slice(0, 7).map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0));
  const isDay = date.getUTCMonth() === (month ?? 0) - 1 && date.getUTCDate() === day;
  const [hour = 0, minute = 0, second = 0] = clock;
  const [offsetHour = 0, offsetMinute = 0] = match.slice(7).map((part) => Number(part ?? 0));
  if (!isDay || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const at = Date.parse(text.replace(" ", "T").toUpperCase());
  return Number.isNaN(at) || at < 0 ? undefined : at;
};
