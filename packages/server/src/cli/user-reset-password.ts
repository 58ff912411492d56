import { Refusal } from "#core/refusal.js";
import { accountTerm, type Command, CommandRefused } from "./command.js";
import { findAccount } from "./find-account.js";
import { operatorOrigin } from "./operator.js";
import { makeResetLink, resetLinkLines } from "./reset-link.js";
import { withAdministration } from "./with-administration.js";

/** A link with which the owner sets a password: nobody else ever chooses or sees one. */
export const userResetPassword: Command = {
  name: "user reset-password",
  summary: "Make a single-use link with which the owner sets a new password",
  takes: [accountTerm],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const { account } = await findAccount(administration, call.given[0] ?? "", "holder");
      const { id } = account;
      const link = await makeResetLink(administration, { accountId: id, origin: operatorOrigin(administration) }).catch(
        (error: unknown) => {
          if (!Refusal.is(error, "account-status")) throw error;
          throw new CommandRefused(
            `account ${id} is ${error.details.status}: only an active account gets a link. First: \`trilithon user restore ${id}\``,
          );
        },
      );
      return { lines: resetLinkLines(link), json: { accountId: id, ...link } };
    }),
};
