import { parseCompanyCode } from "#core/realms/realm.js";
import type { Administration } from "#src/compose.js";
import { CommandRefused, type Term } from "./command.js";

/** What every command about one realm takes. */
export const companyTerm: Term = { form: "<company>", sentence: "a realm's company code, as it stands in paths" };

/** The stores of a realm by its company code; refused when there is none. */
export const getRealm = async ({ database }: Administration, company: string) => {
  const id = parseCompanyCode(company);
  if (id === undefined || (await database.realms.find(id)) === undefined)
    throw new CommandRefused(`there is no realm ${JSON.stringify(company)}: \`trilithon realm list\` names them`);
  return { id, ...database.forRealm(id) };
};

/** The realm whose company code was given, or every one. */
export const chooseRealms = async (administration: Administration, company: string | undefined) => {
  if (company !== undefined) return [await getRealm(administration, company)];
  const { database } = administration;
  return (await database.realms.list()).map(({ id }) => ({ id, ...database.forRealm(id) }));
};
