import { createHash } from "node:crypto";
import type { LeasedMessage } from "#core/outbox/outbox-store.js";
import type { SmsGateway } from "#core/outbox/sms-gateway.js";

/** A request as a gateway wants it. */
export interface FilledTemplate {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Fills in a gateway's template. What is filled in is not read again: a text that says `{secret}` stays as it is. */
export const fillTemplate = (
  { url: address, template, from, user, secret }: SmsGateway,
  { id, to }: Pick<LeasedMessage, "id" | "to">,
  text: string,
): FilledTemplate => {
  const values: Values = {
    to,
    digits: to.replace(/^\+/, ""),
    text,
    id,
    number: numberOf(id),
    from,
    user,
    secret,
    authorization: authorizationOf(user, secret),
  };
  const url = new URL(fill(address, values, encodeURIComponent));
  const headers = Object.fromEntries(
    Object.entries(template.headers).flatMap(([name, value]) =>
      isLeftOut(value, values) ? [] : [[name.toLowerCase(), fill(value, values)]],
    ),
  );
  const fields = fillFields(template.fields, values);
  const { method } = template;
  switch (template.encoding) {
    case "json":
      return { url, method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(fields) };
    case "form": {
      const type = "application/x-www-form-urlencoded; charset=utf-8";
      return { url, method, headers: { "content-type": type, ...headers }, body: pairsOf(fields).toString() };
    }
    case "query":
      for (const [name, value] of pairsOf(fields)) url.searchParams.set(name, value);
      return { url, method, headers, body: undefined };
  }
};

type Values = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

const placeholder = /\{([a-z]+)\}/g;

const fill = (text: string, values: Values, encode: (value: string) => string = String): string =>
  text.replaceAll(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? encode(values[name] ?? "") : whole,
  );

const isLeftOut = (text: string, values: Values): boolean =>
  Array.from(text.matchAll(placeholder)).some(([, name = ""]) => values[name] === "");

const fillFields = (fields: Fields, values: Values): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      typeof field === "string" && isLeftOut(field, values) ? [] : [[name, fillField(field, values)]],
    ),
  );

const fillField = (field: unknown, values: Values): unknown => {
  if (typeof field === "string") return fill(field, values);
  if (Array.isArray(field)) return field.map((item) => fillField(item, values));
  return typeof field === "object" && field !== null ? fillFields({ ...field }, values) : field;
};

const pairsOf = (fields: Fields): URLSearchParams =>
  new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]));

/** For gateways whose ids are numbers: always the same of the same id, and below 2^63. */
const numberOf = (id: string): string =>
  (createHash("sha256").update(id).digest().readBigUInt64BE() & 0x7fff_ffff_ffff_ffffn).toString();

const authorizationOf = (user: string, secret: string): string => {
  if (secret === "") return "";
  return user === "" ? `Bearer ${secret}` : `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
};
