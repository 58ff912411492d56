const bearer = /^Bearer +([^\s]+) *$/i;

/** The token of an `Authorization: Bearer <token>` header (RFC 6750 section 2.1); `undefined` when there is no such header. */
export const extractBearerToken = (authorization: string | undefined): string | undefined =>
  bearer.exec(authorization ?? "")?.[1];
