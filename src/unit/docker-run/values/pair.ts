/** What stands before and after the first separator; `after` is null where there is none. */
export function cut(text: string, separator: string): { readonly before: string; readonly after: string | null } {
  const at = text.indexOf(separator);
  if (at < 0) return { before: text, after: null };
  return { before: text.slice(0, at), after: text.slice(at + separator.length) };
}

/** `k=v` pairs as a map, the last of a key wins; a key alone has the empty value. */
export function pairs(texts: readonly string[]): { readonly [key: string]: string } {
  const map = new Map<string, string>();
  for (const text of texts) {
    const { before, after } = cut(text, "=");
    map.set(before, after ?? "");
  }
  return Object.fromEntries(map);
}
