import type { OutgoingHttpHeaders } from "node:http";
import { allEndpoints, specRows } from "../../specs/jwt-page.js";
import {
  allMethods,
  bodyLimit,
  jsonOf,
  lostPaths,
  methodOverrides,
  notJson,
  notObjects,
  strangeTypes,
} from "../hostile-requests.js";
import type { Sent } from "../stage.js";
import { type Row, rowsFor } from "./row.js";
import { prefixOf } from "./stage.js";

const json = { "content-type": "application/json" };
const chunked = { "transfer-encoding": "chunked" };

const types: Readonly<Record<string, OutgoingHttpHeaders>> = {
  ...strangeTypes,
  "its type is a form": { "content-type": "application/x-www-form-urlencoded" },
  "its type is multipart": { "content-type": "multipart/form-data; boundary=x" },
};

const typesBesideForms = Object.fromEntries(Object.entries(types).filter(([when]) => when !== "its type is a form"));

/** The rows for `any`, at every endpoint that the page does not except, but for those that need a fault or a limit. */
export const anyEndpointRows: readonly Row[] = allEndpoints.flatMap(({ name, method, path }) => {
  const isReached = (status: number, message: string): boolean =>
    specRows.some((row) => row.endpoint === name && row.status === status && row.message === message);
  const sending = (over: Partial<Sent>): Sent => ({ path, method, ...prefixOf(name), ...over });
  const rowsWhere = (
    status: number,
    message: string,
    cases: Readonly<Record<string, Sent>>,
    over: Parameters<ReturnType<typeof rowsFor>>[1] = {},
  ) => (isReached(status, message) ? rowsFor(name, status, message)(cases, over) : []);
  const each = <T>(cases: Readonly<Record<string, T>>, makeOver: (value: T) => Partial<Sent>): Record<string, Sent> =>
    Object.fromEntries(Object.entries(cases).map(([when, value]) => [when, sending(makeOver(value))]));

  const allowed = allEndpoints.filter((endpoint) => endpoint.path === path).map((endpoint) => endpoint.method);
  const allow = allowed.map((one) => (one === "GET" ? "GET, HEAD" : one)).join(", ");
  const wrong = allMethods.filter((other) => !allow.includes(other));
  return [
    ...rowsWhere(404, "Not found", {
      ...each(lostPaths, (change) => ({ path: change(path) })),
      "the path is another, whatever the method": sending({ path: `${path}x`, method: "DELETE" }),
      "the path is another, and a browser asks first": sending({
        path: `${path}x`,
        method: "OPTIONS",
        headers: { origin: "https://app.example.org", "access-control-request-method": method },
      }),
      "the path is another, and the body too large": sending({
        path: `${path}x`,
        method: "POST",
        headers: json,
        body: jsonOf(bodyLimit + 1),
      }),
    }),
    ...rowsWhere(
      405,
      "Method not allowed",
      Object.fromEntries(
        wrong.flatMap((other) =>
          methodOverrides.map((headers) => [
            `the method is ${other}${"x-http-method-override" in headers ? `, overridden by ${headers["x-http-method-override"]}` : ""}`,
            sending({ method: other, headers }),
          ]),
        ),
      ),
      { headers: { allow } },
    ),
    ...rowsWhere(413, "Request body is too large", {
      "the body has a byte more than 64 KiB": sending({ headers: json, body: jsonOf(bodyLimit + 1) }),
      "the body has a byte more, in pieces of unknown number": sending({
        headers: { ...json, ...chunked },
        body: jsonOf(bodyLimit + 1),
      }),
      "the body has a megabyte": sending({ headers: json, body: jsonOf(1_000_000) }),
      "the body is too large and of another type": sending({
        headers: { "content-type": "text/plain" },
        body: jsonOf(bodyLimit + 1),
      }),
    }),
    ...rowsWhere(
      415,
      "Content-Type must be application/json",
      each(name === "verify" ? typesBesideForms : types, (headers) => ({ headers, body: "{}" })),
    ),
    ...rowsWhere(
      400,
      "Request body is not valid JSON",
      each({ ...notObjects, ...notJson }, (body) => ({ headers: json, body })),
    ),
  ];
});
