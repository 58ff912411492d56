/** Bytes of one secret. */
export const secretLength = 32;

/** Reads one secret of 32 bytes in base64url; a text that says what is wrong with it otherwise, without repeating it. */
export const parseSecret = (text: string): Uint8Array | string => {
  if (!/^[A-Za-z0-9_-]*={0,1}$/.test(text)) return "has characters that are not base64url";
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length !== secretLength) return `is ${String(bytes.length)} bytes long instead of ${String(secretLength)}`;
  return isGuessable(bytes) ? "is guessable: take 32 random bytes" : bytes;
};

/** Random bytes have 30 different values of 32 on average, and fewer than 20 once in 10^11. */
const isGuessable = (bytes: Uint8Array): boolean => {
  const steps = bytes.map((byte, at) => byte - (bytes[at - 1] ?? 0)).subarray(1);
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return new Set(bytes).size < 20 || new Set(steps).size < 8 || isText;
};
