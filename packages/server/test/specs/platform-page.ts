import { openPage } from "./page.js";

/** In which the contract speaks. */
export const languages = ["en", "fa", "ru"] as const;
export type Language = (typeof languages)[number];

export type Text = Readonly<Record<Language, string>>;

export interface SpecCode {
  readonly code: string;
  readonly status: number;
  readonly text: Text;
}

export interface SpecEndpoint {
  readonly method: string;
  /** Below `/{company_code}/v2`. */
  readonly path: string;
  /** As on the page: `user`, `user, fresh`. */
  readonly access: string;
  readonly limit: string | undefined;
}

const { tableWith } = openPage("specs/platform.md");
const unmarked = (cell = ""): string => cell.replaceAll("`", "");
const textIn = (row: Readonly<Record<string, string>>): Text => ({
  en: row["English"] ?? "",
  fa: row["Persian"] ?? "",
  ru: row["Russian"] ?? "",
});

/** The table of the source's codes, and what makes each appear. */
export const sourceCodes: readonly Omit<SpecCode, "text">[] = tableWith("Code", "HTTP", "Made by").rows.flatMap((row) =>
  [...(row["Code"] ?? "").matchAll(/`([a-z.]+)`/g)].map(([, code = ""]) => ({ code, status: Number(row["HTTP"]) })),
);

/** Every code with its words, in the order of the page. */
export const specCodes: readonly SpecCode[] = tableWith("Code", "HTTP", "English", "Persian", "Russian").rows.map(
  (row) => ({ code: unmarked(row["Code"]), status: Number(row["HTTP"]), text: textIn(row) }),
);

export const specCode = (code: string): SpecCode => {
  const found = specCodes.find((one) => one.code === code);
  if (found === undefined) throw new Error(`specs/platform.md has no code ${code}`);
  return found;
};

/** Every text of a field, `N` where an answer has a number. */
export const specFieldTexts: readonly Text[] = tableWith("English", "Persian", "Russian").rows.map(textIn);

/** The same text of a field in another language, its number kept. */
export const fieldTextIn = (language: Language, en: string): string => {
  const number = /\d+/.exec(en)?.[0];
  const found = specFieldTexts.find((text) => text.en === en || (number !== undefined && fill(text.en, number) === en));
  if (found === undefined) throw new Error(`specs/platform.md has no text of a field ${en}`);
  return fill(found[language], number ?? "");
};

/** The endpoints that are served, in the order of the page. */
export const specEndpoints: readonly SpecEndpoint[] = tableWith("Endpoint", "Access", "Limit").rows.map((row) => {
  const [method = "", path = ""] = unmarked(row["Endpoint"]).split(" ");
  const limit = unmarked(row["Limit"]);
  return { method, path, access: row["Access"] ?? "", limit: limit === "–" ? undefined : limit };
});

/** Requests per minute of one client address. */
export const specLimits: Readonly<Record<string, number>> = Object.fromEntries(
  tableWith("Limit", "Per minute").rows.map((row) => [unmarked(row["Limit"]), Number(row["Per minute"])]),
);

function fill(text: string, number: string): string {
  return text.replace(/\bN\b/, number);
}
