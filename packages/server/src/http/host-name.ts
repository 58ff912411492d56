/** The name in a `Host` header: small letters, without its port. A proxy in front has to pass `Host` on. */
export const hostName = (header: string | undefined): string => (header ?? "").toLowerCase().replace(/:\d*$/, "");
