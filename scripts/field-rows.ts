import { contractsKey } from "../packages/server/src/settings/schema-parts.ts";

interface Field {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
  readonly [contractsKey]?: readonly string[];
}

/** A row of a table for each field of a schema, by its path. */
export function fieldRows(field: Field, path: string): readonly string[] {
  return Object.entries(field.properties ?? {}).flatMap(([name, inner]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const isLimit = inner.properties?.["per"] !== undefined;
    const standard = inner.default === undefined ? "" : JSON.stringify(inner.default);
    const only = inner[contractsKey] === undefined ? "" : ` Contract ${inner[contractsKey].join(", ")} only.`;
    const choice = choices(" One of", inner) + choices(" Any of", inner.items);
    const row = `| \`${at}\` | ${code(standard)} | ${cell(`${inner.description ?? ""}${choice}${only}`)} |`;
    return [row, ...(isLimit ? [] : fieldRows(inner.items ?? inner, inner.items === undefined ? at : `${at}[]`))];
  });
}

function choices(words: string, field: Field | undefined): string {
  return field?.enum === undefined ? "" : `${words} ${field.enum.map((value) => `\`${value}\``).join(", ")}.`;
}

/** For a cell: as code where it can be. */
export function code(text: string): string {
  return text === "" ? "" : /^[\w.:/$@,"{}[\]-]*$/.test(text) ? `\`${text}\`` : cell(text);
}

export function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
