import { joined, linesOf, type Stretch } from "../lines.ts";

/** One `name=value` of supervisord; a line that is indented goes on with it, and ` ;` begins a remark. */
export type Setting = Stretch & {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly source: string;
};

/** `[program:web]`: its kind is program, its name web. */
export type Section = {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly settings: readonly Setting[];
  readonly unreadable: readonly { readonly line: number; readonly source: string }[];
};

/** The sections of a file of supervisord. */
export function sectionsOf(file: string, text: string): readonly Section[] {
  const sections: (Section & { settings: Setting[]; unreadable: { line: number; source: string }[] })[] = [];
  const lines = linesOf(text);
  for (let at = 0; at < lines.length; at++) {
    const { text: written, line } = lines[at] ?? { text: "", line: 0 };
    if (/^\s*([#;]|$)/.test(written)) continue;
    const [, kind, name = ""] = /^\[([^:\]]+)(?::([^\]]*))?\]\s*(?:;.*)?$/.exec(written) ?? [];
    const section = sections.at(-1);
    if (kind !== undefined) {
      sections.push({ kind: kind.trim(), name: name.trim(), file, line, settings: [], unreadable: [] });
      continue;
    }
    const [before, setting] = /^(\w+)\s*[=:]\s*/.exec(written) ?? [];
    if (before === undefined || setting === undefined || !section) {
      section?.unreadable.push({ line, source: written });
      continue;
    }
    const pieces = [{ text: withoutRemark(written.slice(before.length)), line }];
    const sources = [written];
    while (/^[ \t]+[^\s;#]/.test(lines[at + 1]?.text ?? "")) {
      const next = lines[++at] ?? { text: "", line };
      pieces.push({ ...next, text: withoutRemark(next.text.trim()) });
      sources.push(next.text);
    }
    section.settings.push({ ...joined(pieces, "\n"), name: setting, file, line, source: sources.join("\n") });
  }
  return sections;
}

function withoutRemark(text: string): string {
  return text.replace(/\s;.*$/, "").trimEnd();
}
