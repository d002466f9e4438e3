/** The file whose text `$(cat FILE)` or `$(< FILE)`, with backquotes too, stands for; null: it is another text. */
export function catOf(text: string): string | null {
  const [, dollar, back] = /^(?:\$\(([^()]*)\)|`([^`]*)`)$/.exec(text) ?? [];
  return /^\s*(?:(?:\S*\/)?cat\s+|<\s*)(["']?)([\w./@-]+)\1\s*$/.exec(dollar ?? back ?? "")?.[2] ?? null;
}
