import type { AuditFilter, AuditKind } from "#core/audit/audit-trail.js";
import { defaultRealm, type Instant } from "#core/ids.js";
import { eventJson, eventTable } from "./audit-events.js";
import { type Command, type Options, UsageFault } from "./command.js";
import { asAccountId, findAccount, type Finder } from "./find-account.js";
import { getRealm } from "./find-realm.js";
import { parseTime } from "./parse-time.js";
import { withAdministration } from "./with-administration.js";

/** What happened: sign-ins, refusals and administrative acts, never changed afterwards. */
export const audit: Command = {
  name: "audit",
  summary: "List the audit trail, newest first",
  takes: [],
  options: [
    {
      form: "--account <account>",
      sentence: "only this account's: an id (of a purged one too), an e-mail or a username",
    },
    { form: "--company <code>", sentence: "of this realm; of the realm default without" },
    { form: "--kind <kind>", sentence: "only this kind, such as sign-in-refused" },
    { form: "--request <id>", sentence: "only what this request or command did" },
    {
      form: "--before <time>",
      sentence: "only what is older than this RFC 3339 time; the next page begins before the last one's end",
    },
    { form: "--limit <count>", sentence: "at most so many, 1 to 1000; 50 without" },
  ],
  run: async (call) => {
    const { options } = call;
    const limit = parseLimit(options.text("limit"));
    const kind = parseKind(options.text("kind"));
    const before = parseBefore(options);
    const requestId = options.text("request");
    return withAdministration(call, async (administration) => {
      const { stores } = await getRealm(administration, options.text("company") ?? defaultRealm);
      const account = options.text("account");
      const filter: AuditFilter = {
        ...(account === undefined ? {} : { accountId: await accountIdOf({ ...administration, stores }, account) }),
        ...(kind === undefined ? {} : { kind }),
        ...(requestId === undefined ? {} : { requestId }),
        ...(before === undefined ? {} : { before }),
      };
      const events = await stores.audit.list(filter, limit);
      return {
        lines: events.length === 0 ? ["Nothing of the kind is on record."] : eventTable(events),
        json: { events: events.map(eventJson) },
      };
    });
  },
};

// A record, so that a kind which is missing here does not compile.
const kinds: Readonly<Record<AuditKind, true>> = {
  "account-registered": true,
  "account-imported": true,
  "account-exported": true,
  "account-purged": true,
  "account-status-changed": true,
  "identifier-lost": true,
  "sign-in-succeeded": true,
  "sign-in-refused": true,
  "session-ended": true,
  "sessions-ended": true,
  "refresh-refused": true,
  "refresh-token-reused": true,
  "password-upgraded": true,
  "password-reset-started": true,
  "password-reset-completed": true,
  "registration-refused": true,
  "signing-key-rotated": true,
  "registration-started": true,
  "code-refused": true,
  "guest-created": true,
  "guest-upgraded": true,
  "profile-changed": true,
  "recovery-started": true,
  "recovery-proven": true,
  "password-changed": true,
  "password-change-refused": true,
  "factor-refused": true,
  "factor-changed": true,
  "account-deleted": true,
  "deletion-refused": true,
  "handoff-bound": true,
  "handoff-exchanged": true,
  "handoff-refused": true,
  "identity-linked": true,
  "identity-unlinked": true,
  "provider-changed": true,
  "message-retried": true,
  "realm-created": true,
  "api-key-made": true,
  "api-key-policy-changed": true,
  "api-key-disabled": true,
  "api-key-enabled": true,
  "api-secret-made": true,
  "api-secret-expired": true,
  "disclaimer-added": true,
  "account-created": true,
  "sign-in-started": true,
  "sign-in-step-passed": true,
  "code-resent": true,
  "recovery-completed": true,
  "recovery-refused": true,
  "recovery-cancelled": true,
};

const isKind = (text: string): text is AuditKind => Object.hasOwn(kinds, text);

const parseKind = (text: string | undefined): AuditKind | undefined => {
  if (text === undefined || isKind(text)) return text;
  throw new UsageFault(`--kind is none of ${Object.keys(kinds).join(", ")}`);
};

const parseLimit = (text = "50"): number => {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1000) return Number(text);
  throw new UsageFault("--limit is not a number from 1 to 1000");
};

const parseBefore = (options: Options): Instant | undefined => {
  const text = options.text("before");
  const at = text === undefined ? undefined : parseTime(text);
  if (text !== undefined && at === undefined)
    throw new UsageFault("--before is no RFC 3339 time such as 2026-01-31T12:00:00Z");
  return at;
};

// A purged account has no row any more, but its events are kept.
const accountIdOf = async (needs: Finder, text: string) =>
  asAccountId(text) ?? (await findAccount(needs, text, "holder")).account.id;
