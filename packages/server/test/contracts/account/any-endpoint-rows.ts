import type { OutgoingHttpHeaders } from "node:http";
import { keyOf, specEndpoints, specRows } from "../../specs/account-page.js";
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
import { draftFor } from "./drafts.js";
import { type Row, rowsFor } from "./row.js";

const json = { "content-type": "application/json" };
const urlencoded = { "content-type": "application/x-www-form-urlencoded" };
const multipart = { "content-type": "multipart/form-data; boundary=cut" };
const chunked = { "transfer-encoding": "chunked" };

const types: Readonly<Record<string, OutgoingHttpHeaders>> = {
  // Its bytes are told as they came.
  ...Object.fromEntries(Object.entries(strangeTypes).filter(([when]) => when !== "its type has a NUL's place")),
  "its type is multipart without a word more": { "content-type": "multipart/form-data" },
  "its type is a form in another charset": { "content-type": "application/x-www-form-urlencoded; charset=latin1" },
  "its type is multipart in another charset": { "content-type": "multipart/form-data; boundary=x; charset=utf-16" },
  "its type is multipart of another kind": { "content-type": "multipart/mixed; boundary=x" },
};

/** A type that is sent twice is none. */
const sentOnce = (type: OutgoingHttpHeaders[string]): string => (typeof type === "string" ? type : "");

/** One slash behind a path is as good as none; two are not. */
const lost = (change: (path: string) => string, path: string): string => {
  const changed = change(path.replace(/\/$/, ""));
  return changed === path ? `${path}/` : changed;
};

const part = (name: string, value: string): string =>
  `--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

const notForms: Readonly<Record<string, Partial<Sent>>> = {
  "a form is not UTF-8": { headers: urlencoded, body: "email=%FF" },
  "a form's raw bytes are not UTF-8": { headers: urlencoded, body: Buffer.from("email=\xff", "latin1") },
  "a form has __proto__": { headers: urlencoded, body: "__proto__=1" },
  "multipart is cut short": { headers: multipart, body: part("email", "a") },
  "multipart is cut in a file": {
    headers: multipart,
    body: '--cut\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx',
  },
  "multipart is cut in a header": { headers: multipart, body: "--cut\r\nContent-Disposition: form-da" },
  "multipart has another boundary": { headers: multipart, body: "--other\r\n\r\n--other--\r\n" },
  "multipart is JSON": { headers: multipart, body: "{}" },
  "multipart names no boundary": {
    headers: { "content-type": "multipart/form-data; charset=utf-8" },
    body: `${part("email", "a")}--cut--\r\n`,
  },
  "multipart is not UTF-8": {
    headers: multipart,
    body: Buffer.from(`${part("email", "\xff")}--cut--\r\n`, "latin1"),
  },
  "multipart has constructor": { headers: multipart, body: `${part("constructor", "x")}--cut--\r\n` },
};

/** The rows for every endpoint, but for those that need a fault or a limit. */
export const anyEndpointRows: readonly Row[] = specEndpoints.flatMap(({ name, methods, path }) => {
  const rowsWhere = (
    status: number,
    [field, message]: readonly [field: string | undefined, message: string],
    cases: Readonly<Record<string, Row["send"] | Sent>>,
    over: Parameters<ReturnType<typeof rowsFor>>[1] = {},
  ) =>
    specRows.some((row) => keyOf(row) === keyOf({ endpoint: name, status, field, message }))
      ? rowsFor(name, status, field, message)(cases, over)
      : [];
  /** The endpoint's own request with something else of it changed. */
  const each = <T>(
    cases: Readonly<Record<string, T>>,
    over: (value: T) => Partial<Sent>,
  ): Record<string, Row["send"]> =>
    Object.fromEntries(
      Object.entries(cases).map(([when, value]) => [
        when,
        async (stage) => {
          const draft = await draftFor(stage, name);
          const changed = over(value);
          return { ...draft, ...changed, headers: { ...draft.headers, ...changed.headers } };
        },
      ]),
    );

  const allowed = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  const wrong = allMethods.filter((method) => !allowed.includes(method));
  const bodies = methods.filter((method) => method !== "GET");
  const ofEach = <T>(cases: Readonly<Record<string, T>>, over: (value: T) => Partial<Sent>) =>
    Object.assign(
      {},
      ...bodies.map((method) =>
        each(
          Object.fromEntries(
            Object.entries(cases).map(([when, value]) => [bodies.length > 1 ? `${when}, by ${method}` : when, value]),
          ),
          (value) => ({ method, ...over(value) }),
        ),
      ),
    ) as Record<string, Row["send"]>;
  return [
    ...rowsWhere(404, [undefined, "Not found."], {
      "the path is another, whatever the method": { path: `${path}x`, method: "DELETE" },
      "the path is another, and the body too large": {
        path: `${path}x`,
        method: "POST",
        headers: json,
        body: jsonOf(bodyLimit + 1),
      },
      ...each(lostPaths, (change) => ({ path: lost(change, path) })),
    }),
    ...wrong.flatMap((method) =>
      rowsWhere(
        405,
        [undefined, 'Method "GET" not allowed.'],
        each(
          Object.fromEntries(
            methodOverrides.map((headers) => [
              `the method is ${method}${"x-http-method-override" in headers ? `, overridden by ${headers["x-http-method-override"]}` : ""}`,
              headers,
            ]),
          ),
          (headers) => ({ method, headers }),
        ),
        { headers: { allow: allowed.join(", ") }, fill: method },
      ),
    ),
    ...rowsWhere(
      413,
      [undefined, "Request body is larger than N bytes."],
      ofEach(
        {
          "the body has a byte more than 64 KiB": { headers: json, body: jsonOf(bodyLimit + 1) },
          "the body has a byte more, in pieces of unknown number": {
            headers: { ...json, ...chunked },
            body: jsonOf(bodyLimit + 1),
          },
          "the body has a megabyte": { headers: json, body: jsonOf(1_000_000) },
          "the body is a form of a megabyte": { headers: urlencoded, body: `x=${"x".repeat(1_000_000)}` },
          "the body is too large and of another type": {
            headers: { "content-type": "text/plain" },
            body: jsonOf(bodyLimit + 1),
          },
        },
        (over) => over,
      ),
      { fill: String(bodyLimit) },
    ),
    ...Object.entries(types).flatMap(([when, headers]) =>
      rowsWhere(
        415,
        [undefined, 'Unsupported media type "text/plain" in request.'],
        ofEach({ [when]: headers }, () => ({ headers, body: "{}" })),
        { fill: sentOnce(headers["content-type"]) },
      ),
    ),
    ...rowsWhere(
      400,
      [undefined, "JSON parse error - <what>"],
      ofEach(notJson, (body) => ({ headers: json, body })),
    ),
    ...rowsWhere(
      400,
      [undefined, "Form parse error - <what>"],
      ofEach(notForms, (over) => over),
    ),
    ...rowsWhere(
      400,
      ["non_field_errors", "Invalid data. Expected a dictionary."],
      ofEach(notObjects, (body) => ({ headers: json, body })),
    ),
  ];
});
