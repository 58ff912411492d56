import { namesOf, openPage, type Table } from "./page.js";

/** A line of the endpoint table. */
export interface SpecEndpoint {
  /** As the error table calls it: the last part of its path. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** A row of the error table at one endpoint. */
export interface SpecRow {
  readonly endpoint: string;
  readonly status: number;
  readonly message: string;
}

/** A row of the error table as it stands. */
export interface ErrorRow extends Omit<SpecRow, "endpoint"> {
  /** The endpoints it names; `any` alone for all. */
  readonly endpoints: readonly string[];
  /** The whole body, where it has more than the message. */
  readonly body: Readonly<Record<string, string>>;
  readonly headers: readonly string[];
}

const { tableWith } = openPage("specs/jwt.md");

const readEndpoints = ({ rows }: Table, heading: string): readonly SpecEndpoint[] =>
  rows.map((row) => {
    const [, method = "", path = ""] = /^`([A-Z]+) (\/\S*)`$/.exec(row[heading] ?? "") ?? [];
    return { name: path.replace(/^.*\//, "").replace(/\.json$/, ""), method, path };
  });

/** The endpoint table. */
export const specEndpoints: readonly SpecEndpoint[] = readEndpoints(
  tableWith("Endpoint", "Request", "Success"),
  "Endpoint",
);

const hardened = "Endpoint of a hardened mount";

/** What a hardened mount has beside them; the page among them is told apart by its name. */
export const hardenedEndpoints: readonly SpecEndpoint[] = readEndpoints(
  tableWith(hardened, "Request", "Success"),
  hardened,
).map((endpoint) => (endpoint.method === "GET" ? { ...endpoint, name: `${endpoint.name}-page` } : endpoint));

/** Every endpoint of any mount. */
export const allEndpoints: readonly SpecEndpoint[] = [...specEndpoints, ...hardenedEndpoints];

const readErrors = ({ rows }: Table, heading: string): readonly ErrorRow[] =>
  rows.map((row) => {
    const [, body = "", headers = ""] = /^`([^`]+)`(.*)$/.exec(row["`message`"] ?? "") ?? [];
    const whole = body.startsWith("{") ? readBody(body) : { message: body };
    return {
      endpoints: namesOf(row[heading]),
      status: Number(row["Status"]),
      message: whole["message"] ?? "",
      body: whole,
      headers: [...headers.matchAll(/\+ `([^`]+)`/g)].map(([, name = ""]) => name),
    };
  });

/** The error table, in the order of the checks; behind it the row of hardened mounts. */
export const specErrors: readonly ErrorRow[] = [
  ...readErrors(tableWith("Endpoint", "Status", "`message`", "When"), "Endpoint"),
  ...readErrors(tableWith(hardened, "Status", "`message`", "When"), hardened),
];

/** What this server adds to rows of the error table. */
export const specAdditions: readonly Omit<ErrorRow, "body" | "headers">[] = tableWith(
  "Endpoint",
  "Status",
  "`message`",
  "Also when",
).rows.map((row) => ({
  endpoints: namesOf(row["Endpoint"]),
  status: Number(row["Status"]),
  message: (row["`message`"] ?? "").replaceAll("`", ""),
}));

/** The rows for `any` that an endpoint cannot run into, by the table that says why. */
const exceptions: readonly SpecRow[] = tableWith(
  "Endpoint",
  "Status",
  "`message`",
  "Why it is never told there",
).rows.flatMap((row) =>
  namesOf(row["Endpoint"]).map((endpoint) => ({
    endpoint,
    status: Number(row["Status"]),
    message: (row["`message`"] ?? "").replaceAll("`", ""),
  })),
);

/** Every answer the error table promises: each of its rows at each of its endpoints, `any` being all that have no exception. */
export const specRows: readonly SpecRow[] = specErrors.flatMap(({ endpoints, status, message }) =>
  (endpoints[0] === "any" ? allEndpoints.map(({ name }) => name) : endpoints)
    .map((endpoint) => ({ endpoint, status, message }))
    .filter((row) => endpoints[0] !== "any" || !exceptions.some((exception) => keyOf(exception) === keyOf(row))),
);

/** Exceptions that except nothing: a mistake of the page. */
export const idleExceptions: readonly SpecRow[] = exceptions.filter(
  (exception) =>
    !specErrors.some(
      ({ endpoints, status, message }) =>
        endpoints[0] === "any" && status === exception.status && message === exception.message,
    ),
);

/** One text for one answer at one endpoint. */
export function keyOf({ endpoint, status, message }: SpecRow): string {
  return `${endpoint} ${status} ${message}`;
}

/** The endpoint of that name. */
export const specEndpoint = (name: string): SpecEndpoint => {
  const found = allEndpoints.find((endpoint) => endpoint.name === name);
  if (found === undefined) throw new Error(`specs/jwt.md has no endpoint ${name}`);
  return found;
};

function readBody(text: string): Readonly<Record<string, string>> {
  const body: unknown = JSON.parse(text);
  return Object.fromEntries(Object.entries(body ?? {}).map(([name, value]) => [name, String(value)]));
}
