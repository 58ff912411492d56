import type { StoreFault } from "../store-faults.js";
import { endpoints, isThorough } from "./endpoints.js";
import { type Row, rowsFor } from "./row.js";
import { bearing, type PlatformSent } from "./stage.js";

export interface FaultRow extends Row {
  readonly fault: StoreFault;
}

/** One endpoint of each access, and what it would be asked by somebody whom nobody knows. */
const asked = endpoints.filter(isThorough).map(({ name, path, method, access, reads }) => ({
  name,
  access,
  sent: {
    path,
    method,
    ...(reads ? { json: { login_id: "nobody@example.org" } } : {}),
    headers: access === "open" ? {} : bearing("x".repeat(43)),
  } satisfies PlatformSent,
}));

const during = (
  fault: StoreFault,
  code: string,
  when: string,
  at: (endpoint: (typeof asked)[number]) => boolean,
): readonly FaultRow[] =>
  asked
    .filter(at)
    .flatMap(({ name, sent }) =>
      rowsFor(name, code)({ [`${when}, by ${sent.method}`]: sent }).map((row) => ({ ...row, fault })),
    );

const anywhere = (): boolean => true;
const isOfToken = ({ access }: (typeof asked)[number]): boolean => ["session", "token", "user"].includes(access);

export const faultsRows: readonly FaultRow[] = [
  ...during({ kind: "table-gone", table: "api_key" }, "server.error", "the table of keys is gone", anywhere),
  ...during({ kind: "table-gone", table: "session" }, "server.error", "the table of sessions is gone", isOfToken),
  ...during({ kind: "down" }, "server.unavailable", "the database is down", anywhere),
  ...during({ kind: "hangs" }, "server.unavailable", "the database hangs", anywhere),
  ...during(
    { kind: "writer-held" },
    "server.unavailable",
    "somebody else writes for too long",
    ({ name }) => name === "signup",
  ),
];
