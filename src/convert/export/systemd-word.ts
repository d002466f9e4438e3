/** A word of an Exec line of systemd: `$` and `%` are doubled, and what is special is quoted. */
export function systemdWord(word: string): string {
  const plain = word.replaceAll("$", "$$$$").replaceAll("%", "%%");
  if (/^[A-Za-z0-9_@%$+=:,./-]+$/.test(plain)) return plain;
  const escaped = plain.replace(/["\\]|[\p{Cc}\u2028\u2029]/gu, (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
