import type { SendingBudget } from "#core/limits/sending-budget.js";
import { type SmsSending, smsSending } from "#core/limits/sms-sending.js";
import type { SmsGateway, SmsTemplate } from "#core/outbox/sms-gateway.js";
import type { WrittenConfiguration } from "./config-schema.js";
import { parseDuration } from "./duration.js";
import { smsTemplates } from "./sms-templates.js";
import type { SmsUrl } from "./sms-url.js";
import { readSecret } from "./written-secret.js";

/** What the configuration says about SMS: complete and checked, secrets read from their files. */
export interface SmsConfiguration {
  /** In the order in which they are asked; none where `SMS_URL` names the one, or SMS are not sent. */
  readonly gateways: readonly SmsGateway[];
  /** Messages under way at once at most. */
  readonly connections: number;
  /** Where SMS are sent to; none named: everywhere. */
  readonly countries: readonly string[];
  readonly limits: SmsSending;
}

type WrittenSms = NonNullable<WrittenConfiguration["sms"]>;
type WrittenGateway = NonNullable<WrittenSms["gateways"]>[number];

/** Completes what the configuration says about SMS; what is wrong goes to `faults`, by its path, never with a secret. */
export const completeSms = (written: WrittenSms = {}, faults: string[]): SmsConfiguration => {
  const gateways = (written.gateways ?? []).map((gateway, index) =>
    completeGateway(gateway, `sms.gateways[${String(index)}]`, faults),
  );
  for (const [index, { name }] of gateways.entries()) {
    const earlier = gateways.findIndex((other) => other.name === name);
    if (earlier < index)
      faults.push(
        `sms.gateways[${String(earlier)}] and sms.gateways[${String(index)}] have the same name ${quote(name)}`,
      );
  }
  return {
    gateways,
    connections: written.connections ?? 5,
    countries: written.countries ?? [],
    limits: limitsOf(written.limits),
  };
};

/** The gateways that messages are handed to; none: SMS are not sent. */
export const gatewaysInForce = (smsUrl: SmsUrl | undefined, { gateways }: SmsConfiguration): readonly SmsGateway[] => {
  if (smsUrl === undefined) return gateways;
  const { url: _, needs: __, ...template } = smsTemplates.plain;
  return [{ ...smsUrl, name: "sms-url", template, from: "", answersIn }];
};

/** Milliseconds, where nothing else is said. */
const answersIn = 10_000;
const longestAnswerIn = 60_000;

const completeGateway = (written: WrittenGateway, at: string, faults: string[]): SmsGateway => {
  const { name, from = "", user = "", timeout } = written;
  const secret = readSecret(written.secret, `${at}.secret`, faults) ?? "";
  const { url: usualUrl, needs, ...template } = templateOf(written.template);
  const url = written.url ?? usualUrl;
  const gateway = { name, url: url ?? "", template, from, user, secret };
  for (const key of needs)
    if (written[key] === undefined) faults.push(`${at} lacks ${quote(key)}, which its template needs`);
  if (url === undefined) faults.push(`${at} lacks "url"`);
  else faults.push(...urlFaults(url, `${at}.url`));
  faults.push(...templateFaults(template, `${at}.template`));
  const answered = timeout === undefined ? answersIn : parseDuration(timeout);
  if (answered > longestAnswerIn) faults.push(`${at}.timeout is longer than a minute`);
  return { ...gateway, answersIn: answered };
};

const templateOf = (written: WrittenGateway["template"] = "plain") =>
  typeof written === "string"
    ? smsTemplates[written]
    : {
        url: undefined,
        needs: [],
        method: written.method ?? "POST",
        headers: written.headers ?? {},
        encoding: written.encoding,
        fields: written.fields,
        hopelessStatuses: written.hopelessStatuses ?? smsTemplates.plain.hopelessStatuses,
        verdict:
          written.verdict === undefined
            ? undefined
            : { ...written.verdict, refused: written.verdict.refused ?? [], hopeless: written.verdict.hopeless ?? [] },
      };

const urlFaults = (text: string, at: string): readonly string[] => {
  const unknown = unknownValue(text, ["user", "secret"]);
  if (unknown !== undefined) return [`${at} names {${unknown}}, which is filled into no address`];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hash !== "" || url.host.includes("{"))
    return [`${at} is no http or https address without fragment`];
  if (url.username !== "" || url.password !== "") return [`${at} has credentials: user and secret are fields`];
  return [];
};

const inHeaders = ["to", "digits", "id", "number", "from", "user", "secret", "authorization"];
const inFields = [...inHeaders, "text"];

const templateFaults = ({ method, headers, encoding, fields }: SmsTemplate, at: string): readonly string[] => [
  ...((method === "GET") === (encoding === "query") ? [] : [`${at}.encoding must be query with GET, and only then`]),
  ...Object.entries(headers).flatMap(([name, value]) => [
    ...(/^[A-Za-z0-9-]{1,60}$/.test(name) && /^[ -~]*$/.test(value) ? [] : [`${at}.headers has what no header can be`]),
    ...unknownIn(value, inHeaders, `${at}.headers.${name}`),
  ]),
  ...fieldFaults(fields, encoding, `${at}.fields`),
];

const fieldFaults = (value: unknown, encoding: SmsTemplate["encoding"], at: string): readonly string[] => {
  if (typeof value === "string") return unknownIn(value, inFields, at);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    encoding !== "json" && typeof inner === "object"
      ? [`${at}.${name} is an object or list, which only json can send`]
      : fieldFaults(inner, encoding, `${at}.${name}`),
  );
};

const unknownIn = (text: string, known: readonly string[], at: string): readonly string[] => {
  const unknown = unknownValue(text, known);
  return unknown === undefined ? [] : [`${at} names {${unknown}}, which is none of ${known.join(", ")}`];
};

const unknownValue = (text: string, known: readonly string[]): string | undefined =>
  Array.from(text.matchAll(/\{([a-z]+)\}/g), ([, name = ""]) => name).find((name) => !known.includes(name));

const limitsOf = (written: WrittenSms["limits"] = {}): SmsSending => ({
  number: {
    ...budgetOf(written.number, smsSending.number),
    ...(written.number?.pause === undefined ? {} : { pauseIn: parseDuration(written.number.pause) }),
  },
  range: budgetOf(written.range, smsSending.range),
  country: budgetOf(written.country, smsSending.country),
  client: budgetOf(written.client, smsSending.client),
  realm: budgetOf(written.realm, smsSending.realm),
});

const budgetOf = (
  written: { readonly perHour?: number; readonly perDay?: number } | undefined,
  standard: SendingBudget,
): SendingBudget => ({
  pauseIn: standard.pauseIn,
  perHour: written?.perHour ?? standard.perHour,
  perDay: written?.perDay ?? standard.perDay,
});

const quote = (text: string): string => JSON.stringify(text);
