import type { Selectable } from "kysely";
import type { AccountId } from "#core/ids.js";
import type { PendingRegistrationStore } from "#core/registration/pending-registration-store.js";
import type { PendingRegistration } from "#core/registration/pending-registration.js";
import { upsertRow } from "./insert-row.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";
import type { PendingRegistrationTable } from "./tables.js";

/** Registrations are named one by one in a condition, whose depth SQLite bounds. */
const mostAtOnce = 200;

export const pendingRegistrationStore = (context: StoreContext): PendingRegistrationStore => {
  const { db, realmId } = context;
  const live = (now: number) =>
    db.selectFrom("pending_registration").selectAll().where("realm_id", "=", realmId).where("expires_at", ">", now);
  return {
    async replace(pending) {
      await upsertRow(context, "pending_registration", ["realm_id", "normalized_email", "mount"], {
        realm_id: realmId,
        mount: pending.mount,
        normalized_email: pending.email.normalizedValue,
        display_email: pending.email.displayValue,
        normalized_username: pending.username?.normalizedValue ?? null,
        display_username: pending.username?.displayValue ?? null,
        fullname: pending.fullname ?? null,
        language: pending.language,
        password_hash: pending.passwordHash ?? null,
        guest_id: pending.guestId ?? null,
        link_hash: pending.linkHash ?? null,
        is_decoy: pending.isDecoy ? 1 : 0,
        sent_digest: pending.sentDigest,
        created_at: pending.createdAt,
        expires_at: pending.expiresAt,
      });
    },
    async find(mount, normalizedEmail, now) {
      const row = await live(now)
        .where("normalized_email", "=", normalizedEmail)
        .where("mount", "=", mount)
        .executeTakeFirst();
      return row && pendingOf(row);
    },
    async findByLink(linkHash, now) {
      const row = await live(now).where("link_hash", "=", linkHash).executeTakeFirst();
      return row && pendingOf(row);
    },
    async listOf(guestId, normalizedEmails) {
      const rows = await db
        .selectFrom("pending_registration")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where((row) =>
          row.or([
            row("guest_id", "=", guestId),
            ...normalizedEmails.map((email) => row("normalized_email", "=", email)),
          ]),
        )
        .execute();
      return rows.map(pendingOf);
    },
    async consume({ mount, email, createdAt }, now) {
      const results = await db
        .deleteFrom("pending_registration")
        .where("realm_id", "=", realmId)
        .where("normalized_email", "=", email.normalizedValue)
        .where("mount", "=", mount)
        .where("created_at", "=", createdAt)
        .where("is_decoy", "=", 0)
        .where("expires_at", ">", now)
        .execute();
      return affected(results) === 1;
    },
    async removeAll(normalizedEmail) {
      const results = await db
        .deleteFrom("pending_registration")
        .where("realm_id", "=", realmId)
        .where("normalized_email", "=", normalizedEmail)
        .execute();
      return affected(results);
    },
    async removeOfGuest(guestId) {
      const results = await db
        .deleteFrom("pending_registration")
        .where("realm_id", "=", realmId)
        .where("guest_id", "=", guestId)
        .execute();
      return affected(results);
    },
    async purge(before, limit) {
      const old = await db
        .selectFrom("pending_registration")
        .select(["normalized_email", "mount"])
        .where("realm_id", "=", realmId)
        .where("expires_at", "<=", before)
        .limit(Math.min(limit, mostAtOnce))
        .execute();
      if (old.length === 0) return 0;
      const results = await db
        .deleteFrom("pending_registration")
        .where("realm_id", "=", realmId)
        .where("expires_at", "<=", before)
        .where((row) =>
          row.or(
            old.map(({ normalized_email, mount }) =>
              row.and([row("normalized_email", "=", normalized_email), row("mount", "=", mount)]),
            ),
          ),
        )
        .execute();
      return affected(results);
    },
  };
};

const pendingOf = (row: Selectable<PendingRegistrationTable>): PendingRegistration => ({
  mount: row.mount,
  email: { displayValue: row.display_email, normalizedValue: row.normalized_email },
  username:
    row.display_username === null || row.normalized_username === null
      ? undefined
      : { displayValue: row.display_username, normalizedValue: row.normalized_username },
  fullname: orUndefined(row.fullname),
  language: row.language,
  passwordHash: orUndefined(row.password_hash),
  // Written by `replace`, from an `AccountId`.
  guestId: row.guest_id === null ? undefined : (row.guest_id as AccountId),
  linkHash: orUndefined(row.link_hash),
  isDecoy: row.is_decoy === 1,
  sentDigest: row.sent_digest,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});
