import { isUtf8 } from "node:buffer";

/**
 * UTF-8 as text. A byte that is none becomes a surrogate without its other half, as no text has it that was UTF-8: it is found again, where
 * the usual sign for it would be taken for what stood there.
 */
export function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((one) => at + one <= bytes.length && isUtf8(bytes.subarray(at, at + one)));
    text +=
      length === undefined ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : bytes.toString("utf8", at, at + length);
    at += length ?? 1;
  }
  return text;
}

/** Where the first byte stands, from `from` on, that was no UTF-8; null: there is none. */
export function strayByte(text: string, from = 0): number | null {
  const found = /[\u{DC80}-\u{DCFF}]/gu;
  found.lastIndex = from;
  return found.exec(text)?.index ?? null;
}

export const strayByteWords = {
  message: "this byte is not UTF-8, and the engine could not be told it",
  hint: "write the file in UTF-8: iconv -f LATIN1 -t UTF-8 FILE",
};
