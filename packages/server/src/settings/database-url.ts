import { resolve } from "node:path";

/** Where the data is kept. */
export type DatabaseSetting =
  /** `path` is absolute. */
  | { readonly engine: "sqlite"; readonly path: string }
  /** `url` as given, with the scheme `postgres:` or `mysql:`; it may hold a password. */
  | { readonly engine: "postgres" | "mariadb"; readonly url: string };

/** Reads `DATABASE_URL`; a text that says what is wrong with it otherwise, without repeating any of it. */
export const parseDatabaseUrl = (text: string): DatabaseSetting | string => {
  const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case "sqlite":
      return parseSqlite(rest);
    case "postgres":
    case "postgresql":
      return parseServer("postgres", "postgres", rest);
    case "mysql":
    case "mariadb":
      return parseServer("mariadb", "mysql", rest);
    default:
      return "must begin with sqlite:, postgres:// or mysql://";
  }
};

const parseSqlite = (rest: string): DatabaseSetting | string => {
  const path = rest.startsWith("///") ? rest.slice(2) : rest;
  if (path === "" || path.endsWith("/")) return "names no file";
  if (path.startsWith("//")) return "must be sqlite:path or sqlite:///absolute/path";
  if (path.startsWith(":")) return "must be a file: accounts in memory would not survive a restart";
  if (/[?#\0]/.test(path)) return "has a file name with ?, # or NUL; options are not read from here";
  return { engine: "sqlite", path: resolve(path) };
};

const parseServer = (engine: "postgres" | "mariadb", scheme: string, rest: string): DatabaseSetting | string => {
  const [, hosts, path] = /^\/\/(?:[^@/?#]*@)?([^@/?#]*)(\/[^@]*)?$/.exec(rest) ?? [];
  if (hosts === undefined) return "is not a URL; a password needs its @ / ? # : written as %40 %2F %3F %23 %3A";
  if (hosts.includes(",")) return "names several hosts, which this version does not use yet; name one";
  const url = `${scheme}:${rest}`;
  if (hosts === "" || !URL.canParse(url)) return "has no valid host and port";
  if (!/^\/[^/?]+(?:\?|$)/.test(path ?? "")) return "names no database after the host";
  return { engine, url };
};
