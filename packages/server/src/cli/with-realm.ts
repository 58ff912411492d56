import { defaultRealm } from "#core/ids.js";
import type { Administration } from "#src/compose.js";
import type { Call, Term } from "./command.js";
import { getRealm } from "./find-realm.js";
import { withAdministration } from "./with-administration.js";

/** Of commands about accounts: whose they are. */
export const companyOption: Term = {
  form: "--company <code>",
  sentence: "of this realm; of the realm default without",
};

/** Runs `work` on the stores of the realm that the call names. */
export const withRealm = <T>(call: Call, work: (administration: Administration) => Promise<T>): Promise<T> =>
  withAdministration(call, async (administration) => {
    const { stores, transaction } = await getRealm(administration, call.options.text("company") ?? defaultRealm);
    return work({ ...administration, stores, transaction });
  });
