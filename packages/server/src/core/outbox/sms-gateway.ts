/** A gateway that SMS are handed to, as the operator has configured it: complete and checked, its secrets read from their files. */
export interface SmsGateway {
  /** As messages, logs and commands call it: what is under way remembers it. */
  readonly name: string;
  /** Where it takes messages; may name the secret as `{secret}`, so it stands in no log. */
  readonly url: string;
  readonly template: SmsTemplate;
  /** Whom messages come from: a number, or a name that the gateway knows; may be empty. */
  readonly from: string;
  /** By which the gateway knows this server; both may be empty. */
  readonly user: string;
  readonly secret: string;
  /** Milliseconds in which it has answered. */
  readonly answersIn: number;
}

/**
 * How a kind of gateway is spoken to. In texts `{to}` (E.164), `{digits}` (without its plus), `{text}`, `{id}`, `{number}` (the id as one of 63
 * bits), `{from}`, `{user}`, `{secret}` and `{authorization}` (Basic or Bearer) are filled in; a field or header that names an empty one is left out.
 */
export interface SmsTemplate {
  readonly method: "POST" | "PUT" | "GET";
  readonly headers: Readonly<Record<string, string>>;
  /** How the fields are sent; `query` with `GET`. */
  readonly encoding: "json" | "form" | "query";
  readonly fields: Readonly<Record<string, unknown>>;
  /** Statuses of refusals that the same message would always get. */
  readonly hopelessStatuses: readonly number[];
  /** What a JSON answer of status 2xx says; `undefined`: the status says it. */
  readonly verdict: SmsVerdict | undefined;
}

/** Values that stand in none of the lists leave the outcome unknown. */
export interface SmsVerdict {
  /** Where the value stands, as in `messages[].status`: `[]` for each one. */
  readonly at: string;
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  /** Refused, as the same message always would be. */
  readonly hopeless: readonly string[];
}
