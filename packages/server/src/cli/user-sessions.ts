import type { Instant } from "#core/ids.js";
import { isLive, type Session } from "#core/sessions/session.js";
import type { Configuration } from "#settings/config.js";
import { accountTerm, type Command } from "./command.js";
import { findAccount } from "./find-account.js";
import { inColumns, time, timeOrNull } from "./layout.js";
import { companyOption, withRealm } from "./with-realm.js";

/** An account's sessions, those that are over included until they are purged. */
export const userSessions: Command = {
  name: "user sessions",
  summary: "List an account's sessions, newest first",
  takes: [accountTerm],
  options: [companyOption],
  run: (call) =>
    withRealm(call, async (administration) => {
      const { stores, configuration, clock } = administration;
      const { account } = await findAccount(administration, call.given[0] ?? "", "holder");
      const sessions = await stores.sessions.listOf(account.id);
      const now = clock.now();
      const rows = sessions.map((session) => ({ session, state: stateOf(session, configuration, now) }));
      return {
        lines:
          rows.length === 0
            ? [`Account ${account.id} has no sessions.`]
            : inColumns(
                ["session", "state", "mount", "opened", "last used", "ends at the latest", "address", "user agent"],
                rows.map(({ session, state }) => [
                  session.id,
                  state,
                  session.mount,
                  time(session.createdAt),
                  time(session.lastUsedAt),
                  time(session.expiresAt),
                  session.address,
                  session.userAgent,
                ]),
              ),
        json: {
          accountId: account.id,
          sessions: rows.map(({ session, state }) => ({
            sessionId: session.id,
            state,
            mount: session.mount,
            createdAt: time(session.createdAt),
            lastUsedAt: time(session.lastUsedAt),
            expiresAt: time(session.expiresAt),
            endedAt: timeOrNull(session.endedAt),
            address: session.address,
            userAgent: session.userAgent,
          })),
        },
      };
    }),
};

/** `live`, `idle`, `expired`, or why it ended. A mount that is not served any more keeps no session alive. */
const stateOf = (session: Session, { mounts }: Configuration, now: Instant): string => {
  if (session.endReason !== undefined) return session.endReason;
  const lifetimes = mounts.find(({ name }) => name === session.mount)?.policy.sessions;
  if (lifetimes === undefined) return "mount not served";
  if (isLive(session, lifetimes, now)) return "live";
  return now < session.expiresAt ? "idle" : "expired";
};
