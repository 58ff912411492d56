import { durationPattern, parseDuration } from "./duration.js";
import { isLoopback } from "./loopback.js";

/** The SMTP server that messages are handed to. */
export interface SmtpSetting {
  readonly host: string;
  readonly port: number;
  /** `implicit`: from the first byte. `required`: by STARTTLS or not at all. `offered`: by STARTTLS where the server has it. */
  readonly tls: "implicit" | "required" | "offered" | "none";
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** Milliseconds for which each of the server's answers is awaited. */
  readonly answersIn: number;
  /** Connections at once at most. */
  readonly connections: number;
}

const optionNames = ["tls", "timeout", "connections"] as const;
const tlsChoices = ["required", "offered", "none"] as const;

/** Reads `SMTP_URL`; a text that says what is wrong with it otherwise, without repeating any of it. */
export const parseSmtpUrl = (text: string): SmtpSetting | string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol)) return "must begin with smtp:// or smtps://";
  if (url.hostname === "" || /[%\s]/.test(url.hostname)) return "names no host";
  if (!/^\/?$/.test(url.pathname) || url.hash !== "")
    return "has more than a host and options; a password needs its @ / ? # : written as %40 %2F %3F %23 %3A";
  const credentials = credentialsOf(url);
  if (typeof credentials === "string") return credentials;
  const options = optionsOf(url.searchParams);
  if (typeof options === "string") return options;
  const isImplicit = url.protocol === "smtps:";
  if (isImplicit && options.tls !== undefined) return "has the option tls, which smtps:// leaves no choice of";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return {
    host,
    port: url.port === "" ? (isImplicit ? 465 : 587) : Number(url.port),
    tls: isImplicit
      ? "implicit"
      : // A password is not for everybody on the way.
        (options.tls ?? (credentials !== undefined && !isLoopback(host) ? "required" : "offered")),
    credentials,
    answersIn: options.answersIn,
    connections: options.connections,
  };
};

const credentialsOf = ({ username, password }: URL): SmtpSetting["credentials"] | string => {
  if (username === "" && password === "") return undefined;
  if (username === "" || password === "")
    return "has a user name without a password, or a password without a user name";
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return "has a % that begins no %XX; a % itself is written as %25";
  }
};

const optionsOf = (parameters: URLSearchParams) => {
  const unknown = [...parameters.keys()].find((name) => !optionNames.some((known) => known === name));
  if (unknown !== undefined) return `has an option that is none of ${optionNames.join(", ")}`;
  const twice = optionNames.find((name) => parameters.getAll(name).length > 1);
  if (twice !== undefined) return `has the option ${twice} twice`;
  const written = parameters.get("tls");
  const tls = tlsChoices.find((choice) => choice === written);
  if (written !== null && tls === undefined) return `has an option tls that is none of ${tlsChoices.join(", ")}`;
  const timeout = parameters.get("timeout") ?? "60s";
  if (!new RegExp(durationPattern).test(timeout)) return 'has an option timeout that is no duration such as "60s"';
  const connections = parameters.get("connections") ?? "5";
  if (!/^[1-9]\d?$/.test(connections)) return "has an option connections that is not a number from 1 to 99";
  return { tls, answersIn: parseDuration(timeout), connections: Number(connections) };
};
