import type { FailureRecord } from "#core/failures/failure-store.js";
import { defaultRealm } from "#core/ids.js";
import { formatDuration } from "#settings/duration.js";
import { eventJson, eventTable } from "./audit-events.js";
import { type Cell, asFields, time } from "./layout.js";
import type { Command } from "./command.js";
import { withAdministration } from "./with-administration.js";

/** The true reason behind the request id of an error answer. */
export const error: Command = {
  name: "error",
  summary: "Tell the true reason of an error answer, by its x-request-id",
  takes: [{ form: "<id>", sentence: "the request id" }],
  options: [],
  run: (call) =>
    withAdministration(call, async ({ configuration, database, stores, clock }) => {
      const requestId = (call.given[0] ?? "").trim();
      const record = await database.forRealm(defaultRealm).failures.find(requestId, clock.now());
      const events = await stores.audit.list({ requestId }, 100);
      const keptFor = formatDuration(configuration.retention.failureRecordsIn);
      return {
        lines: [
          ...(record === undefined
            ? [
                `No failure is on record under ${JSON.stringify(requestId)}: records live ${keptFor}, and only answers of 400 and above have one.`,
              ]
            : asFields(fieldsOf(record))),
          ...(events.length === 0 ? [] : ["", "What the same request did:", ...eventTable(events)]),
        ],
        json: { record: record === undefined ? null : recordJson(record), events: events.map(eventJson) },
        isBad: record === undefined,
      };
    }),
};

const fieldsOf = (record: FailureRecord): readonly (readonly [string, Cell])[] => [
  ["request", record.requestId],
  ["at", time(record.at)],
  ["mount", record.mount],
  ["asked", `${record.method} ${record.route}`],
  ["answered", record.status],
  ["told", record.told],
  ["true reason", record.reason],
  ...Object.entries(detailsOf(record)).map(([name, value]) => [`  ${name}`, inWords(value)] as const),
  ["account", record.accountId],
  ["address", record.address],
  ["node", record.node],
  ["kept until", time(record.expiresAt)],
];

const recordJson = (record: FailureRecord) => ({
  requestId: record.requestId,
  at: time(record.at),
  expiresAt: time(record.expiresAt),
  mount: record.mount,
  method: record.method,
  route: record.route,
  status: record.status,
  told: record.told,
  reason: record.reason,
  details: detailsOf(record),
  accountId: record.accountId ?? null,
  address: record.address,
  node: record.node,
});

const detailsOf = ({ details }: FailureRecord): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(details);
    return typeof value === "object" && value !== null ? { ...value } : { details: value };
  } catch {
    // Cut, or with a part blotted out that its quotes belonged to.
    return { details };
  }
};

const inWords = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
