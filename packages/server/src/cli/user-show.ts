import { accountJson } from "./account-json.js";
import { accountTerm, type Command } from "./command.js";
import { findAccount } from "./find-account.js";
import { asFields, inColumns, time, timeOrNothing } from "./layout.js";
import { companyOption, withRealm } from "./with-realm.js";

/** All that is known about one account, but no secret. */
export const userShow: Command = {
  name: "user show",
  summary: "Show an account and its identifiers",
  takes: [accountTerm],
  options: [companyOption],
  run: (call) =>
    withRealm(call, async (administration) => {
      const found = await findAccount(administration, call.given[0] ?? "", "holder");
      const { account, identifiers } = found;
      return {
        lines: [
          ...asFields([
            ["account", account.id],
            ["status", account.status],
            ["reason", account.statusReason],
            ["language", account.language],
            ["made", time(account.createdAt)],
            ["last sign-in", timeOrNothing(account.lastSignInAt)],
            ["password set", timeOrNothing(account.passwordChangedAt) ?? "never"],
            ["deleted", timeOrNothing(account.deletedAt)],
          ]),
          "",
          ...inColumns(
            ["kind", "value", "proven", "mount", "held"],
            identifiers.map((identifier) => [
              identifier.kind,
              identifier.displayValue,
              timeOrNothing(identifier.provenAt),
              identifier.mount,
              identifier.liveKey === undefined ? "free" : "yes",
            ]),
          ),
        ],
        json: accountJson(found),
      };
    }),
};
