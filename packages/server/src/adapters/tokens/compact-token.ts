import type { TokenKind } from "#core/sessions/token.js";

/** The three parts of a token in compact form (RFC 7515 section 3.1), taken apart but not yet believed. */
export interface CompactToken {
  readonly header: unknown;
  /** What the signature is made over. */
  readonly signed: string;
  readonly signature: Buffer;
  /** Read only once the signature is right. */
  payload(): unknown;
}

/** What our tokens say in their header, by kind (RFC 8725 section 3.11). */
export const headerTypes: Readonly<Record<TokenKind, string>> = { access: "at+jwt", refresh: "rt+jwt" };

const longest = 8_192;

/**
 * Takes a token apart; `undefined` unless it is, character for character, what an encoder of ours writes: three parts in
 * base64url without padding or stray bits, and JSON without blanks or repeated members.
 */
export const parseCompact = (token: string): CompactToken | undefined => {
  if (token.length > longest) return undefined;
  const [first, second, third, ...more] = token.split(".", 4);
  if (first === undefined || second === undefined || third === undefined || more.length > 0) return undefined;
  const [header, payload, signature] = [decode(first), decode(second), decode(third)];
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  return { header: parseJson(header), signed: `${first}.${second}`, signature, payload: () => parseJson(payload) };
};

/** The signing input of a token with this header and payload. */
export const encodeCompact = (header: object, payload: object): string => `${encode(header)}.${encode(payload)}`;

const encode = (part: object): string => Buffer.from(JSON.stringify(part), "utf8").toString("base64url");

const decode = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, "base64url");
  return bytes.length > 0 && bytes.toString("base64url") === text ? bytes : undefined;
};

/** Writing it again must give the same text: repeated members, blanks, other escapes and bad UTF-8 do not. */
const parseJson = (bytes: Buffer): unknown => {
  try {
    const text = bytes.toString("utf8");
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text && Buffer.byteLength(text) === bytes.length ? value : undefined;
  } catch {
    return undefined;
  }
};
