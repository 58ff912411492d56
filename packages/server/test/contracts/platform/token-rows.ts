import { type CalledEndpoint, endpoints } from "./endpoints.js";
import { type Row, rowsFor } from "./row.js";
import type { PlatformSent } from "./stage.js";

/** Well formed, and nobody's. */
const strange = "x".repeat(43);
const json = { "content-type": "application/json" };

/** What is told of `Authorization` and the field `token`, before anybody knows whose they are. */
export const tokenRows: readonly Row[] = endpoints.flatMap((endpoint) => {
  if (endpoint.access === "open") return [];
  return endpoint.access === "signature" ? signatureRows(endpoint) : bearerRows(endpoint);
});

function bearerRows({ name, path, method, reads }: CalledEndpoint): readonly Row[] {
  const sent = (over: Partial<PlatformSent>): PlatformSent => ({ path, method, ...over });
  const withHeader = (authorization: string | string[]) => sent({ headers: { Authorization: authorization } });
  const withField = (token: unknown, authorization?: string) =>
    sent({
      headers: { ...json, ...(authorization === undefined ? {} : { authorization }) },
      body: JSON.stringify({ token }),
    });
  return [
    ...rowsFor(name, "auth.header.missing")(
      {
        [`nobody asks, by ${method}`]: sent({}),
        ...(reads ? { [`the field token is null, by ${method}`]: withField(null) } : {}),
      },
      { headers: { "www-authenticate": "Bearer" } },
    ),
    ...rowsFor(
      name,
      "auth.header.invalid",
    )({
      [`the header is empty, by ${method}`]: withHeader(""),
      [`the header has a scheme alone, by ${method}`]: withHeader("Bearer"),
      [`the header has a token alone, by ${method}`]: withHeader(strange),
      [`the scheme is another, by ${method}`]: withHeader(`Token ${strange}`),
      [`a server signs where a user is asked for, by ${method}`]: withHeader(`Signature ${strange}`),
      [`the header has two tokens, by ${method}`]: withHeader(`Bearer ${strange} ${strange}`),
      [`the header stands twice, by ${method}`]: withHeader([`Bearer ${strange}`, `Bearer ${strange}`]),
      ...(reads ? { [`the header is odd beside a field, by ${method}`]: withField(strange, "Basic eDp4") } : {}),
    }),
    ...rowsFor(
      name,
      "auth.token.invalid",
    )({
      [`the token is nobody's, by ${method}`]: withHeader(`Bearer ${strange}`),
      [`the scheme is in small letters, by ${method}`]: withHeader(`bearer ${strange}`),
      [`the token is no token, by ${method}`]: withHeader("Bearer x"),
      [`the token is long, by ${method}`]: withHeader(`Bearer ${"x".repeat(10_000)}`),
      [`the token stands in the query, by ${method}`]: sent({ path: `${path}?token=${strange}` }),
      [`the token stands in the query as well, by ${method}`]: {
        ...withHeader(`Bearer ${strange}`),
        path: `${path}?token=${strange}`,
      },
      ...(reads
        ? {
            [`the field's token is nobody's, by ${method}`]: withField(strange),
            [`the field's token is a number, by ${method}`]: withField(5),
            [`the field's token is a list, by ${method}`]: withField([strange]),
            [`the field's token is empty, by ${method}`]: withField(""),
            [`field and header differ, by ${method}`]: withField(strange, `Bearer y${strange.slice(1)}`),
            [`the field is empty beside a header, by ${method}`]: withField("", `Bearer ${strange}`),
          }
        : {}),
    }),
  ];
}

function signatureRows({ name, path, method }: CalledEndpoint): readonly Row[] {
  const withHeader = (authorization: string | string[]): PlatformSent => ({
    path,
    method,
    headers: { Authorization: authorization },
  });
  return [
    ...rowsFor(name, "auth.header.missing")(
      { [`nobody signs, by ${method}`]: { path, method } },
      { headers: { "www-authenticate": "Signature" } },
    ),
    ...rowsFor(
      name,
      "auth.header.invalid",
    )({
      [`the header is empty, by ${method}`]: withHeader(""),
      [`the header has a scheme alone, by ${method}`]: withHeader("Signature"),
      [`a token comes where a signature is asked for, by ${method}`]: withHeader(`Bearer ${strange}`),
      [`the header stands twice, by ${method}`]: withHeader([`Signature ${strange}`, `Signature ${strange}`]),
      [`the header has two signatures, by ${method}`]: withHeader(`Signature ${strange} ${strange}`),
    }),
    ...rowsFor(
      name,
      "auth.signature.invalid",
    )({
      [`the signature has no time and no nonce, by ${method}`]: withHeader(`Signature ${strange}`),
    }),
  ];
}
