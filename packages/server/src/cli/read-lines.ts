import { createReadStream } from "node:fs";

/** One line of a file: its text, or why it has none. */
export type FileLine = { readonly number: number; readonly endsAt: number } & (
  | { readonly text: string }
  | { readonly fault: string }
);

/** In bytes. */
const longestLine = 64 * 1024;

/**
 * The lines of a UTF-8 file, from 1, without their ends; `endsAt` is the byte after each. Memory stays bounded whatever the file
 * holds: a line beyond 64 KiB is passed over.
 */
export async function* readLines(path: string): AsyncGenerator<FileLine> {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let pieces: Buffer[] = [];
  let length = 0;
  let number = 0;
  let endsAt = 0;
  const finish = (): FileLine => {
    number += 1;
    const place = { number, endsAt };
    const bytes = Buffer.concat(pieces);
    const isTooLong = length > longestLine;
    pieces = [];
    length = 0;
    if (isTooLong) return { ...place, fault: `is longer than ${longestLine} bytes` };
    try {
      return { ...place, text: utf8.decode(bytes).replace(/\r$/, "") };
    } catch {
      return { ...place, fault: "is not UTF-8" };
    }
  };
  const keep = (piece: Buffer): void => {
    length += piece.length;
    endsAt += piece.length;
    if (length <= longestLine) pieces.push(piece);
    else pieces = [];
  };
  for await (const chunk of createReadStream(path)) {
    // A stream without an encoding gives buffers.
    const bytes: Buffer = chunk;
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      keep(bytes.subarray(from, at));
      endsAt += 1;
      from = at + 1;
      yield finish();
    }
    keep(bytes.subarray(from));
  }
  if (length > 0) yield finish();
}
