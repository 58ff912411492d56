import type { AuditEvent, AuditKind, AuditTrail } from "#core/audit/audit-trail.js";
import type { AccountId } from "#core/ids.js";

import { insertRow } from "./insert-row.js";
import type { StoreContext } from "./store-context.js";

export const auditTrail = ({ db, dialect, realmId, random }: StoreContext): AuditTrail => ({
  async append({ at, kind, accountId, origin, details }) {
    await insertRow({ db, dialect }, "audit_event", {
      realm_id: realmId,
      event_id: random.uuid(at),
      at,
      kind,
      account_id: accountId ?? null,
      mount: origin.mount,
      request_id: origin.requestId,
      address: origin.address,
      user_agent: origin.userAgent,
      details: JSON.stringify(details),
    });
  },
  async list({ accountId, kind, requestId, before }, limit) {
    let query = db.selectFrom("audit_event").selectAll().where("realm_id", "=", realmId);
    if (accountId !== undefined) query = query.where("account_id", "=", accountId);
    if (kind !== undefined) query = query.where("kind", "=", kind);
    if (requestId !== undefined) query = query.where("request_id", "=", requestId);
    if (before !== undefined) query = query.where("at", "<", before);
    const rows = await query.orderBy("at", "desc").orderBy("event_id", "desc").limit(limit).execute();
    // The kind, the account's id and the details were written by `append`, from these types.
    return rows.map((row) => ({
      id: row.event_id,
      at: row.at,
      kind: row.kind as AuditKind,
      accountId: row.account_id === null ? undefined : (row.account_id as AccountId),
      origin: { mount: row.mount, requestId: row.request_id, address: row.address, userAgent: row.user_agent },
      details: JSON.parse(row.details) as AuditEvent["details"],
    }));
  },
});
