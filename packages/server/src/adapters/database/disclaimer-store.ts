import type { Selectable } from "kysely";
import type { DisclaimerStore } from "#core/disclaimers/disclaimer-store.js";
import type { Disclaimer } from "#core/disclaimers/disclaimer.js";
import { insertIfAbsent } from "./insert-row.js";
import type { StoreContext } from "./store-context.js";
import type { DisclaimerTable } from "./tables.js";

export const disclaimerStore = (context: StoreContext): DisclaimerStore => {
  const { db, realmId } = context;
  /** The versions of a code stand together, the one that is required last first. */
  const versions = () =>
    db
      .selectFrom("disclaimer")
      .selectAll()
      .where("realm_id", "=", realmId)
      .orderBy("code")
      .orderBy("required_from", "desc")
      .orderBy("created_at", "desc")
      .orderBy("version", "desc");
  return {
    insert: ({ code, version, titles, url, requiredFrom, createdAt }) =>
      insertIfAbsent(context, "disclaimer", {
        realm_id: realmId,
        code,
        version,
        titles: JSON.stringify(titles),
        url,
        required_from: requiredFrom,
        created_at: createdAt,
      }),
    async list() {
      return (await versions().execute()).map(disclaimerOf);
    },
    async requiredAt(at) {
      const rows = await versions().where("required_from", "<=", at).execute();
      return rows.filter(({ code }, position) => rows[position - 1]?.code !== code).map(disclaimerOf);
    },
    async accept({ accountId, code, version, language, acceptedAt, requestId }) {
      await insertIfAbsent(context, "disclaimer_acceptance", {
        realm_id: realmId,
        account_id: accountId,
        code,
        version,
        language,
        accepted_at: acceptedAt,
        request_id: requestId,
      });
    },
    async acceptedBy(accountId) {
      const rows = await db
        .selectFrom("disclaimer_acceptance")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .orderBy("accepted_at")
        .orderBy("code")
        .orderBy("version")
        .execute();
      return rows.map((row) => ({
        accountId,
        code: row.code,
        version: row.version,
        language: row.language,
        acceptedAt: row.accepted_at,
        requestId: row.request_id,
      }));
    },
  };
};

const disclaimerOf = (row: Selectable<DisclaimerTable>): Disclaimer => ({
  code: row.code,
  version: row.version,
  // Written by `insert`, from a record of texts.
  titles: JSON.parse(row.titles) as Record<string, string>,
  url: row.url,
  requiredFrom: row.required_from,
  createdAt: row.created_at,
});
