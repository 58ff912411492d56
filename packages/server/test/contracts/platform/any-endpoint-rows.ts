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
import { allowedAt, type CalledEndpoint, casesAt, endpoints, isServed, isThorough } from "./endpoints.js";
import { type Row, rowsFor } from "./row.js";
import type { PlatformSent } from "./stage.js";

const json = { "content-type": "application/json" };

/** Bodies of more bytes than are read. */
const tooLarge: Readonly<Record<string, Partial<PlatformSent>>> = {
  "the body has a byte more than 64 KiB": { headers: json, body: jsonOf(bodyLimit + 1) },
  "the body has a megabyte": { headers: json, body: jsonOf(1_000_000) },
  "a body too large does not tell its length": {
    headers: { ...json, "transfer-encoding": "chunked" },
    body: jsonOf(bodyLimit + 1),
  },
  "a body too large is of no type": { body: jsonOf(bodyLimit + 1) },
};

/** The rows for every endpoint, but for those that need a fault or a limit. */
export const anyEndpointRows: readonly Row[] = endpoints.flatMap((endpoint) => [
  ...lostRows(endpoint),
  ...methodRows(endpoint),
  ...(endpoint.reads ? bodyRows(endpoint) : []),
]);

function lostRows(endpoint: CalledEndpoint): readonly Row[] {
  const { name, path, method } = endpoint;
  const lost = casesAt(endpoint, lostPaths)
    .map(([when, change]) => [`${when}, by ${method}`, { path: change(path), method }] as const)
    .filter(([, sent]) => !isServed(sent.path));
  return rowsFor(
    name,
    "route.notfound",
  )({
    ...Object.fromEntries(lost),
    [`the path is another, whatever the method, for ${method}`]: { path: `/x${path}`, method: "DELETE" },
    [`the path is another, and the body too large, for ${method}`]: {
      path: `/x${path}`,
      method: "POST",
      headers: json,
      body: jsonOf(bodyLimit + 1),
    },
  });
}

function methodRows(endpoint: CalledEndpoint): readonly Row[] {
  const { name, path } = endpoint;
  const allowed = allowedAt(path);
  // Each row of an endpoint says another method.
  const wrong = allMethods.filter((method) => !allowed.includes(method)).slice(0, isThorough(endpoint) ? 99 : 2);
  return wrong.flatMap((method) =>
    rowsFor(name, "request.method.notallowed")(
      Object.fromEntries(
        methodOverrides.slice(0, isThorough(endpoint) ? 3 : 1).map((headers) => {
          const override = "x-http-method-override" in headers ? headers["x-http-method-override"] : undefined;
          const how = override === undefined ? "" : `, overridden by ${override}`;
          return [`the method is ${method} instead of ${endpoint.method}${how}`, { path, method, headers }];
        }),
      ),
      { headers: { allow: allowed.join(", ") } },
    ),
  );
}

function bodyRows(endpoint: CalledEndpoint): readonly Row[] {
  const { name, method, path } = endpoint;
  const rows = <T>(code: string, cases: Readonly<Record<string, T>>, over: (value: T) => Partial<PlatformSent>) =>
    rowsFor(
      name,
      code,
    )(
      Object.fromEntries(
        casesAt(endpoint, cases).map(([when, value]) => [`${when}, by ${method}`, { path, method, ...over(value) }]),
      ),
    );
  return [
    ...rows("request.body.toolarge", tooLarge, (sent) => sent),
    ...rows("request.type.unsupported", strangeTypes, (headers) => ({ headers, body: "{}" })),
    ...rows("request.validation.failed", notJson, (body) => ({ headers: json, body })),
    ...rows("request.validation.failed", notObjects, (body) => ({ headers: json, body })),
  ];
}
