import { createRealm } from "#core/realms/create-realm.js";
import { parseCompanyCode } from "#core/realms/realm.js";
import { companyFaults } from "#settings/company-faults.js";
import { type Command, CommandRefused, UsageFault } from "./command.js";
import { companyTerm } from "./find-realm.js";
import { inColumns, time } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { withAdministration } from "./with-administration.js";

/** A tenant of its own, with nobody in it. */
export const realmCreate: Command = {
  name: "realm create",
  summary: "Make a realm: a tenant whose users, keys and tokens are no other's",
  takes: [companyTerm],
  options: [],
  run: async (call) => {
    const [company = ""] = call.given;
    const id = parseCompanyCode(company);
    if (id === undefined)
      throw new UsageFault(
        `${JSON.stringify(company)} is no company code: 1 to 64 small letters, digits and hyphens, no hyphen at either end`,
      );
    return withAdministration(call, async (administration) => {
      const { configuration, database } = administration;
      const [fault] = companyFaults(configuration, company);
      if (fault !== undefined)
        throw new CommandRefused(`the company code ${company} cannot be used: ${fault}. Choose another`);
      const origin = operatorOrigin(administration);
      if (!(await createRealm({ ...administration, realms: database.realms }, { id, origin })))
        throw new CommandRefused(`the realm ${company} is there already`);
      return {
        lines: [
          `Made realm ${company}.`,
          `Its first client application: \`trilithon key create ${company} --name <name>\``,
        ],
        json: { company },
      };
    });
  },
};

export const realmList: Command = {
  name: "realm list",
  summary: "List the realms",
  takes: [],
  options: [],
  run: (call) =>
    withAdministration(call, async ({ configuration, database }) => {
      const rows = await Promise.all(
        (await database.realms.list()).map(async ({ id, createdAt }) => ({
          company: id,
          createdAt,
          keys: (await database.forRealm(id).stores.apiKeys.list()).length,
          faults: companyFaults(configuration, id),
        })),
      );
      return {
        lines: inColumns(
          ["company", "keys", "made", "fault"],
          rows.map(({ company, keys, createdAt, faults }) => [company, keys, time(createdAt), faults[0]]),
        ),
        json: { realms: rows.map((row) => ({ ...row, createdAt: time(row.createdAt) })) },
      };
    }),
};
