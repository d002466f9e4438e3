const single: { readonly [letter: string]: string } = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  s: " ",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** What an escape at the beginning of the text stands for; a backslash before anything else stays. */
export function systemdEscape(text: string): { readonly text: string; readonly length: number } {
  const next = text.charAt(1);
  const plain = single[next];
  if (plain !== undefined) return { text: plain, length: 2 };
  const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/.exec(text);
  if (!code) return { text: "\\", length: 1 };
  const [all, byte, short, long, octal] = code;
  const point = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? "0", 16) : Number.parseInt(octal, 8);
  return { text: point > 0x10ffff ? all : String.fromCodePoint(point), length: all.length };
}
