import { givenRegistration } from "../../given.js";
import type { StoreFault } from "../store-faults.js";
import { type Row, rowsFor } from "./row.js";
import type { Sent } from "../stage.js";
import { bearing, prefixOf, type Stage } from "./stage.js";

export interface FaultRow extends Row {
  readonly fault: StoreFault;
}

const registering = (): Sent => ({ path: "/register", json: givenRegistration() });

const member = (stage: Stage) => stage.shared("member", () => stage.enter());

const requests: Readonly<Record<string, (stage: Stage) => Sent | Promise<Sent>>> = {
  register: registering,
  login: async (stage) => ({ path: "/login", json: { ...(await member(stage)).registration } }),
  refresh: async (stage) => ({ path: "/refresh", method: "POST", headers: bearing((await member(stage)).refresh) }),
  logout: async (stage) => ({ path: "/logout", method: "POST", headers: bearing((await stage.enter()).access) }),
  me: async (stage) => ({ path: "/me", headers: bearing((await member(stage)).access) }),
  verify: () => ({ path: "/verify", ...prefixOf("verify"), json: { token: "x".repeat(43) } }),
  jwks: () => ({ path: "/.well-known/jwks.json" }),
};

const during = (
  fault: StoreFault,
  status: number,
  message: string,
  when: string,
  names: readonly string[],
): readonly FaultRow[] =>
  names.flatMap((name) =>
    rowsFor(name, status, message)({ [when]: requests[name] ?? registering }).map((row) => ({ ...row, fault })),
  );

const failed = "An error occurred during registration";
const internal = "An internal error occurred";
const unavailable = "Service temporarily unavailable";
const all = Object.keys(requests);

export const faultsRows: readonly FaultRow[] = [
  ...during({ kind: "table-gone", table: "audit_event" }, 500, failed, "the last write of the attempt fails", [
    "register",
  ]),
  ...during({ kind: "table-gone", table: "identifier" }, 500, failed, "the first read of the attempt fails", [
    "register",
  ]),
  ...during({ kind: "table-locked", table: "password" }, 500, failed, "the attempt waits too long for a lock", [
    "register",
  ]),
  ...during({ kind: "table-gone", table: "audit_event" }, 500, internal, "its last write fails", ["login", "logout"]),
  ...during({ kind: "table-gone", table: "session" }, 500, internal, "its read fails", ["refresh", "logout", "me"]),
  ...during({ kind: "table-gone", table: "pending_registration" }, 500, internal, "its read fails", ["verify"]),
  ...during({ kind: "table-gone", table: "signing_key" }, 500, internal, "its read fails", ["jwks"]),
  ...during({ kind: "writer-held" }, 503, unavailable, "somebody else writes for too long", [
    "register",
    "login",
    "refresh",
    "logout",
    "verify",
  ]),
  ...during({ kind: "down" }, 503, unavailable, "the database is down", all),
  ...during({ kind: "hangs" }, 503, unavailable, "the database hangs", all),
];

/** Sent many times at once, from as many addresses. */
export const overloadRows: readonly Row[] = [
  ...rowsFor(
    "login",
    503,
    unavailable,
  )({
    "more sign in at once than can be hashed in time": {
      path: "/login",
      json: { email: "nobody@example.org", password: "x" },
    },
  }),
  ...rowsFor("register", 503, unavailable)({ "more register at once than can be hashed in time": registering }),
];
