import { purgeAccount } from "#core/accounts/change-account-status.js";
import { type Call, type Command, accountTerm, CommandRefused, UsageFault } from "./command.js";
import { findAccount } from "./find-account.js";
import { operatorOrigin } from "./operator.js";
import { companyOption, withRealm } from "./with-realm.js";

/** Erases a deleted account before its retention time is over. */
export const userPurge: Command = {
  name: "user purge",
  summary: "Erase a deleted account and all that is held about it, for good",
  takes: [accountTerm],
  options: [companyOption, { form: "--yes", sentence: "do not ask; needed where nobody can answer" }],
  run: (call) =>
    withRealm(call, async (administration) => {
      const { account } = await findAccount(administration, call.given[0] ?? "", "former");
      const { id, status } = account;
      if (status !== "deleted")
        throw new CommandRefused(
          `account ${id} is ${status}: only a deleted account can be purged. First: \`trilithon user delete ${id}\``,
        );
      await confirm(call, id);
      await purgeAccount(administration, { accountId: id, origin: operatorOrigin(administration) });
      return {
        lines: [`Account ${id} is purged. The audit trail keeps this id, and what happened when.`],
        json: { accountId: id, isPurged: true },
      };
    }),
};

const confirm = async ({ options, terminal }: Call, id: string): Promise<void> => {
  if (options.has("yes")) return;
  const answer = await terminal.ask(
    `Erase account ${id} and everything about it? This cannot be undone. Type "purge": `,
  );
  if (answer === undefined) throw new UsageFault("--yes is needed where nobody can be asked");
  if (answer.trim() !== "purge") throw new CommandRefused("not confirmed: nothing was erased");
};
