import type { RecordedEvent } from "#core/audit/audit-trail.js";
import { inColumns, time } from "./layout.js";

/** Events for people, in the order given. */
export const eventTable = (events: readonly RecordedEvent[]): readonly string[] =>
  inColumns(
    ["at", "kind", "account", "details", "by", "request"],
    events.map(({ at, kind, accountId, details, origin }) => [
      time(at),
      kind,
      accountId,
      Object.entries(details)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
      [origin.mount, origin.mount === "cli" ? origin.userAgent : origin.address]
        .filter((part) => part !== "")
        .join(" "),
      origin.requestId,
    ]),
  );

/** An event as programs read it. */
export const eventJson = (event: RecordedEvent) => ({
  id: event.id,
  at: time(event.at),
  kind: event.kind,
  accountId: event.accountId ?? null,
  mount: event.origin.mount,
  requestId: event.origin.requestId,
  address: event.origin.address,
  userAgent: event.origin.userAgent,
  details: event.details,
});
