import { randomBytes, randomUUID } from "node:crypto";
import type { BareDriver } from "./bare-driver.ts";

/** A session as its refresh token names it. */
export interface RefreshableSession {
  readonly sessionId: string;
  readonly refreshId: string;
}

const realm = "default";

const findSession = `select session.session_id, session.account_id, session.mount, session.created_at, session.expires_at,
  session.last_used_at, session.ended_at, session.end_reason, session.address, session.user_agent, session.rotates,
  session.current_refresh, session.previous_refresh, session.rotated_at, session.sealed_successor,
  account.status, account.status_reason, account.language, account.created_at as account_created_at, account.last_sign_in_at,
  account.deleted_at, identifier.identifier_id, identifier.kind, identifier.display_value, identifier.normalized_value,
  identifier.proven_at, identifier.mount as identifier_mount, identifier.is_primary, identifier.live_key,
  identifier.created_at as identifier_created_at
  from session
  join account on account.realm_id = session.realm_id and account.account_id = session.account_id
  left join identifier on identifier.realm_id = session.realm_id and identifier.account_id = session.account_id
  where session.realm_id = ? and session.session_id = ?`;

const touchSession = `update session set last_used_at = case when last_used_at > ? then last_used_at else ? end
  where realm_id = ? and session_id = ? and ended_at is null and current_refresh = ?`;

const insertAccount = `insert into account (realm_id, account_id, status, language, created_at) values (?, ?, ?, ?, ?)`;

const claimIdentifier = `insert into identifier (realm_id, identifier_id, account_id, kind, display_value, normalized_value, mount,
  is_primary, live_key, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`;

const heldKeys = `select live_key from identifier where realm_id = ? and live_key in (?)`;

const insertPassword = `insert into password (realm_id, account_id, hash, set_at) values (?, ?, ?, ?)`;

const appendEvent = `insert into audit_event (realm_id, event_id, at, kind, account_id, mount, request_id, address, user_agent, details)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** What the session store reads at each token check. */
export const readSession = async (driver: BareDriver, sessionId: string): Promise<void> => {
  const rows = await driver.run(findSession, [realm, sessionId]);
  if (rows.length === 0) throw new Error("the session is not there");
};

/** What a refresh without rotation sends: a read, and a write that commits on its own. */
export const refreshBare = async (driver: BareDriver, { sessionId, refreshId }: RefreshableSession): Promise<void> => {
  const now = Date.now();
  await readSession(driver, sessionId);
  await driver.run(touchSession, [now, now, realm, sessionId, refreshId]);
};

/** What a registration sends below the hash: one transaction of six statements. */
export const registerBare = (driver: BareDriver): Promise<void> => {
  const now = Date.now();
  const accountId = randomUUID();
  const name = `bare-${randomBytes(9).toString("hex")}`;
  const email = `${name}@example.org`;
  return driver.transaction(async (run) => {
    await run(insertAccount, [realm, accountId, "active", "en", now]);
    const claims = [
      ["username", name, `username=${name}`],
      ["email", email, `email@jwt=${email}`],
    ] as const;
    for (const [kind, value, liveKey] of claims) {
      await run(claimIdentifier, [realm, randomUUID(), accountId, kind, value, value, "jwt", 1, liveKey, now]);
    }
    await run(heldKeys, [realm, `email=${email}`]);
    await run(insertPassword, [
      realm,
      accountId,
      "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
      now,
    ]);
    await run(appendEvent, [
      realm,
      randomUUID(),
      now,
      "account-registered",
      accountId,
      "jwt",
      randomUUID(),
      "127.0.0.1",
      "",
      "{}",
    ]);
  });
};
