import { exportAccount } from "#core/accounts/export-account.js";
import { defaultRealm } from "#core/ids.js";
import { accountTerm, type Command } from "./command.js";
import { findAccount } from "./find-account.js";
import { time } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { companyOption, withRealm } from "./with-realm.js";

/** All that is held about one account, as JSON: what its owner may ask for (GDPR articles 15 and 20). */
export const exportUser: Command = {
  name: "export user",
  summary: "Print all that is held about an account, as JSON; no secret is in it",
  takes: [accountTerm],
  options: [companyOption],
  run: (call) =>
    withRealm(call, async (administration) => {
      const { account } = await findAccount(administration, call.given[0] ?? "", "holder");
      const { failures } = administration.database.forRealm(defaultRealm);
      const command = { accountId: account.id, origin: operatorOrigin(administration) };
      const exported = await exportAccount({ ...administration, failures }, command);
      const json = { exportedAt: time(administration.clock.now()), ...inTimes(exported) };
      return { lines: JSON.stringify(json, null, 2).split("\n"), json };
    }),
};

/** With each instant, known by its name, in RFC 3339, and `null` for what is not there. */
const inTimes = (exported: object): object =>
  Object.fromEntries(Object.entries(exported).map(([name, value]) => [name, told(name, value)]));

const told = (name: string, value: unknown): unknown => {
  if (value === undefined) return null;
  if (typeof value === "number") return /(?:^at|At)$/.test(name) ? time(value) : value;
  if (Array.isArray(value)) return value.map((item: unknown) => told("", item));
  return typeof value === "object" && value !== null ? inTimes(value) : value;
};
