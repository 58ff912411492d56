import { endSessions } from "#core/sessions/end-sessions.js";
import { accountTerm, type Command } from "./command.js";
import { findAccount } from "./find-account.js";
import { count } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { companyOption, withRealm } from "./with-realm.js";

/** Signs an account out everywhere; it may sign in again at once. */
export const userEndSessions: Command = {
  name: "user end-sessions",
  summary: "End all sessions of an account",
  takes: [accountTerm],
  options: [companyOption],
  run: (call) =>
    withRealm(call, async (administration) => {
      const { account } = await findAccount(administration, call.given[0] ?? "", "holder");
      const ended = await endSessions(administration, {
        accountId: account.id,
        origin: operatorOrigin(administration),
      });
      return {
        lines: [`Ended ${count(ended, "session")} of account ${account.id}.`],
        json: { accountId: account.id, ended },
      };
    }),
};
