import type { Instant } from "#core/ids.js";
import { formatDuration } from "#settings/duration.js";

/** A cell: text, a number, or nothing. */
export type Cell = string | number | undefined;

/** Rows under their heads, in aligned columns. */
export const inColumns = (heads: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] => {
  const cells = [heads.map((head) => head.toUpperCase()), ...rows.map((row) => row.map(show))];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)));
  return cells.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
};

/** Names and their values, one a line; what has no value is left out. */
export const asFields = (fields: readonly (readonly [name: string, value: Cell])[]): readonly string[] => {
  const known = fields.filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${show(value)}`);
};

/** RFC 3339. */
export const time = (at: Instant): string => new Date(at).toISOString();

export const timeOrNothing = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : time(at));

/** For JSON, where what is not there is `null`. */
export const timeOrNull = (at: Instant | undefined): string | null => (at === undefined ? null : time(at));

/** How long something has lasted, in its largest whole unit. */
export const age = (milliseconds: number): string => {
  const unit = [86_400_000, 3_600_000, 60_000].find((size) => milliseconds >= size) ?? 1000;
  return formatDuration(Math.max(0, Math.floor(milliseconds / unit)) * unit || 0);
};

/** `1 account`, `2 accounts`. */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

/** A text that others chose, without anything that moves a cursor, colours a terminal or turns the direction of what follows. */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

const show = (cell: Cell): string => (cell === undefined || cell === "" ? "-" : printable(String(cell)));

const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - [...text].length));
