import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../server/package-folder.js";

/** The folder of the whole repository. */
export const repositoryFolder = join(packageFolder, "..", "..");

/** A file of the repository, by its path from there. */
export const readPage = (path: string): string => readFileSync(join(repositoryFolder, path), "utf8");

/** A table row: the text of each cell by its column's heading, without the code marks around a whole cell. */
export type TableRow = Readonly<Record<string, string>>;

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly TableRow[];
}

/** Every table of a Markdown page, in its order. */
const readTables = (markdown: string): readonly Table[] =>
  markdown
    .split(/\n(?!\|)/)
    .map((block) => block.split("\n").filter((line) => line.startsWith("|")))
    .filter((lines) => /^\|(?:\s*:?-+:?\s*\|)+$/.test(lines[1] ?? ""))
    .map(([heading = "", , ...lines]) => {
      const headings = cellsOf(heading);
      return {
        headings,
        rows: lines.map((line) => {
          const cells = cellsOf(line);
          if (cells.length !== headings.length)
            throw new Error(`a row of ${cells.length} cells under ${headings.length}: ${line}`);
          return Object.fromEntries(headings.map((name, at) => [name, cells[at] ?? ""]));
        }),
      };
    });

const cellsOf = (line: string): readonly string[] =>
  line
    .slice(1, line.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

/** A normative page by its tables. */
export interface SpecPage {
  /** The one table with these headings. */
  readonly tableWith: (...headings: readonly string[]) => Table;
}

export const openPage = (path: string): SpecPage => {
  const tables = readTables(readPage(path));
  return {
    tableWith: (...headings) => {
      const found = tables.filter((table) => table.headings.join() === headings.join());
      const [table] = found;
      if (table === undefined || found.length > 1)
        throw new Error(`${path} has ${found.length} tables of ${headings.join(", ")}`);
      return table;
    },
  };
};

/** The names in a cell, without the code marks around each. */
export const namesOf = (cell = ""): readonly string[] =>
  cell.split(",").map((name) => name.trim().replace(/^`(.*)`$/, "$1"));
