import type { AccountWithIdentifiers } from "#core/accounts/account-store.js";
import { accountJson } from "./account-json.js";
import type { Command } from "./command.js";
import { accountTable, asAccountId, storedForms } from "./find-account.js";
import { companyOption, withRealm } from "./with-realm.js";

const shown = 50;

/** Accounts by id, or by the beginning of an identifier; deleted ones too, until they are purged. */
export const userFind: Command = {
  name: "user find",
  summary: "Find accounts by id, or by the beginning of an e-mail, phone number or username",
  takes: [{ form: "<text>", sentence: "the id, or a beginning" }],
  options: [companyOption],
  run: (call) =>
    withRealm(call, async ({ stores }) => {
      const [text = ""] = call.given;
      const id = asAccountId(text);
      const byId = id === undefined ? undefined : await stores.accounts.find(id);
      const pages = await Promise.all(storedForms(text).map((form) => stores.accounts.search(form, shown + 1)));
      const found = distinct([...(byId === undefined ? [] : [byId]), ...pages.flat()]);
      const accounts = found.slice(0, shown);
      const hasMore = found.length > shown;
      return {
        lines:
          accounts.length === 0
            ? [`No account has an identifier that begins with ${JSON.stringify(text)}.`]
            : [...accountTable(accounts), ...(hasMore ? [`These are the newest ${shown}; there are more.`] : [])],
        json: { accounts: accounts.map(accountJson), hasMore },
      };
    }),
};

const distinct = (accounts: readonly AccountWithIdentifiers[]): readonly AccountWithIdentifiers[] => [
  ...new Map(accounts.map((found) => [found.account.id, found])).values(),
];
