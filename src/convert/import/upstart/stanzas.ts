import { joined, linesOf, type Stretch } from "../lines.ts";

/** One stanza of an upstart job: its words (`start on`, `pre-start script`), and what follows them. */
export type Stanza = Stretch & {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly source: string;
  /** It is a script that goes on to the end of the file. */
  readonly isOpen?: boolean;
};

const names =
  /^(start on|stop on|(?:pre-start|post-start|pre-stop|post-stop)(?= +(?:exec|script))|respawn limit|respawn|kill timeout|kill signal|reload signal|normal exit|oom score|apparmor (?:load|switch)|[a-z]+)(?=\s|$)/;

/** The stanzas of a job, or of its override. */
export function stanzasOf(file: string, text: string): readonly Stanza[] {
  const stanzas: Stanza[] = [];
  const lines = linesOf(text);
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at] ?? { text: "", line: 0 };
    if (/^\s*(#|$)/.test(first.text)) continue;
    const opened = /^\s*(?:(pre-start|post-start|pre-stop|post-stop)\s+)?script\s*(?:#.*)?$/.exec(first.text);
    if (opened) {
      const body = [];
      while (at + 1 < lines.length && !/^\s*end\s+script\b/.test(lines[at + 1]?.text ?? ""))
        body.push(lines[++at] ?? first);
      at++;
      const isOpen = at >= lines.length;
      const name = opened[1] === undefined ? "script" : `${opened[1]} script`;
      const source = body.map((one) => one.text).join("\n");
      stanzas.push({ ...joined(body, "\n"), name, file, line: first.line, source, isOpen });
      continue;
    }
    const pieces = [{ ...first, text: withoutComment(first.text) }];
    const isOpen = (): boolean => {
      const all = pieces.map((one) => one.text).join(" ");
      return (
        /\\\s*$/.test(pieces.at(-1)?.text ?? "") ||
        (/^\s*(start|stop) on\b/.test(all) && count(all, "(") > count(all, ")"))
      );
    };
    while (isOpen() && at + 1 < lines.length) {
      const last = pieces.pop() ?? first;
      const next = lines[++at] ?? first;
      pieces.push({ ...last, text: last.text.replace(/\\\s*$/, "") }, { ...next, text: withoutComment(next.text) });
    }
    const source = pieces.map((one) => one.text.trim()).join(" ");
    const trimmed = first.text.trim();
    const known = names.exec(trimmed.replace(/\s+/g, " "))?.[0];
    const name = known ?? "a line";
    const [head = first, ...others] = pieces;
    const after = new RegExp(`^\\s*${(known ?? "").replace(/ /g, "\\s+")}\\s*`).exec(head.text)?.[0] ?? "";
    const exec = /^(pre|post)-/.test(name) ? (/^exec\s+/.exec(head.text.slice(after.length))?.[0] ?? "") : "";
    const value = joined([{ ...head, text: head.text.slice(after.length + exec.length) }, ...others], " ");
    stanzas.push({
      ...value,
      text: value.text.trim(),
      name: exec === "" ? name : `${name} exec`,
      file,
      line: first.line,
      source,
    });
  }
  return stanzas;
}

function withoutComment(text: string): string {
  return /^\s*(exec|pre-|post-|env|description|author|usage)/.test(text) ? text : text.replace(/\s#.*$/, "");
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
