import { parseCookie, stringifySetCookie } from "cookie";

/** A cookie that no script reads, sent with the requests of the same site, for every path of this host. */
export interface HostCookie {
  readonly name: string;
  readonly value: string;
  /** Seconds. */
  readonly maxAge: number;
  readonly isSecure: boolean;
}

/** The first cookie of this name in a `Cookie` header. */
export const readCookie = (header: string | undefined, name: string): string | undefined =>
  parseCookie(header ?? "")[name];

/** The value of a `Set-Cookie` header. */
export const writeCookie = ({ name, value, maxAge, isSecure }: HostCookie): string =>
  stringifySetCookie({ name, value, maxAge, path: "/", httpOnly: true, secure: isSecure, sameSite: "lax" });
