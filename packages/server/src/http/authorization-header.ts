const credentials = /^(\S+) +([^\s]+) *$/;

/** The token of an `Authorization: <scheme> <token>` header, the scheme in whichever case; `undefined` when there is no such header. */
export const extractToken = (scheme: "Bearer" | "Token", authorization: string | undefined): string | undefined => {
  const [, sentScheme, token] = credentials.exec(authorization ?? "") ?? [];
  return sentScheme?.toLowerCase() === scheme.toLowerCase() ? token : undefined;
};
