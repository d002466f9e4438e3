import { joined, linesOf, type Stretch } from "../lines.ts";

/** One `NAME=value` of a systemd unit; a backslash at the end of a line goes on with the next. */
export type Directive = Stretch & {
  readonly section: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** As it stands in the file. */
  readonly source: string;
};

export type Unreadable = {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly because: string;
};

export type UnitLines = {
  readonly directives: readonly Directive[];
  readonly unreadable: readonly Unreadable[];
};

/** The directives of a unit file or a drop-in. */
export function unitLines(file: string, text: string): UnitLines {
  const directives: Directive[] = [];
  const unreadable: Unreadable[] = [];
  const lines = linesOf(text);
  let section = "";
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at] ?? { text: "", line: 0 };
    if (/^\s*([#;]|$)/.test(first.text)) continue;
    const pieces = [first];
    const sources = [first.text];
    // A comment in the middle of a continued line is passed over.
    while (pieces.at(-1)?.text.endsWith("\\") && at + 1 < lines.length) {
      const next = lines[++at] ?? first;
      sources.push(next.text);
      if (/^\s*[#;]/.test(next.text)) continue;
      const last = pieces.pop() ?? first;
      pieces.push({ ...last, text: last.text.slice(0, -1) }, next);
    }
    const heading = /^\s*\[([^\]]+)\]\s*$/.exec(first.text)?.[1];
    const open = /^\s*(?:\[(\w+)|(\w+)\])\s*$/.exec(first.text)?.slice(1).find(Boolean);
    const assignment = /^\s*([A-Za-z0-9-]+)\s*=\s*/.exec(first.text);
    if (heading !== undefined) section = heading;
    else if (open !== undefined) {
      section = open;
      const because = `a heading stands between two brackets; read as [${open}]`;
      unreadable.push({ file, line: first.line, source: first.text, because });
    } else if (!assignment)
      unreadable.push({ file, line: first.line, source: sources.join("\n"), because: "this is no NAME=value" });
    else {
      const [before = "", name = ""] = assignment;
      const [head = first, ...others] = pieces;
      const value = joined([{ ...head, text: head.text.slice(before.length) }, ...others], " ");
      directives.push({
        ...value,
        text: value.text.trimEnd(),
        section,
        name,
        file,
        line: first.line,
        source: sources.join("\n"),
      });
    }
  }
  return { directives, unreadable };
}

/** An empty value takes back what was said before it, as in a drop-in that says a list anew. */
export function withoutReset(directives: readonly Directive[]): readonly Directive[] {
  return directives.filter(({ section, name, text }, at) => {
    if (text === "") return false;
    return !directives
      .slice(at + 1)
      .some((later) => later.section === section && later.name === name && later.text === "");
  });
}
