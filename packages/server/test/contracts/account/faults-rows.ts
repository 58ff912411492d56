import { specEndpoint } from "../../specs/account-page.js";
import type { Sent } from "../stage.js";
import type { StoreFault } from "../store-faults.js";
import { restAddress } from "./aging.js";
import { jsonFor } from "./drafts.js";
import { boundToken } from "./exchange-token-rows.js";
import { type Row, rowsFor } from "./row.js";
import { carrying, type Member, type Stage } from "./stage.js";

export interface FaultRow extends Row {
  readonly fault: StoreFault;
}

/** The last table, or nearly, that each endpoint needs. */
const tables: Readonly<Record<string, string>> = {
  register: "audit_event",
  "web-register": "audit_event",
  verify: "one_time_code",
  resend: "pending_registration",
  login: "audit_event",
  logout: "audit_event",
  guest: "audit_event",
  "web-guest": "audit_event",
  "exchange-token": "handoff",
  "profile-update": "profile",
  forgot: "message",
  "forgot-verify": "one_time_code",
  reset: "audit_event",
  "profile-delete": "audit_event",
};

/** A request that its endpoint would let, and that makes it write. */
const requestTo = async (stage: Stage, name: string): Promise<Sent> => {
  if (name === "resend") {
    const { email } = await stage.register();
    await restAddress(stage, email);
    return jsonFor(stage, name, { email });
  }
  const member = (): Promise<Member> => stage.enter();
  if (name === "exchange-token") return jsonFor(stage, name, { temp_token: await boundToken(stage, await member()) });
  const draft = await jsonFor(stage, name);
  return specEndpoint(name).needsKey ? { ...draft, headers: carrying((await member()).key) } : draft;
};

const during = (fault: StoreFault, status: number, message: string, when: string): readonly FaultRow[] =>
  Object.keys(tables).flatMap((name) => {
    const own = fault.kind === "table-gone" ? { ...fault, table: tables[name] ?? "" } : fault;
    return rowsFor(
      name,
      status,
      undefined,
      message,
    )({ [when]: (stage) => requestTo(stage, name) }).map((row) => ({ ...row, fault: own }));
  });

const unavailable = "Service temporarily unavailable, try again later.";

export const faultsRows: readonly FaultRow[] = [
  ...during({ kind: "table-gone", table: "" }, 500, "A server error occurred.", "a table is gone"),
  ...during({ kind: "writer-held" }, 503, unavailable, "somebody else writes for too long"),
  ...during({ kind: "down" }, 503, unavailable, "the database is down"),
  ...during({ kind: "hangs" }, 503, unavailable, "the database hangs"),
];

/** Sent many times at once, from as many addresses. */
export const overloadRows: readonly Row[] = ["login", "web-register", "reset"].flatMap((name) =>
  rowsFor(
    name,
    503,
    undefined,
    unavailable,
  )({
    "more come at once than can be hashed in time": (stage) => jsonFor(stage, name),
  }),
);
