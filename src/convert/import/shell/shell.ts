import type { Stretch } from "../lines.ts";
import { readWord } from "./shell-word.ts";
import type { RawWord } from "./words.ts";

/** A piece of a shell script: a plain command, or what only a shell can make sense of. */
export type ShellStep =
  | {
      readonly is: "command";
      readonly assignments: readonly RawWord[];
      readonly words: readonly RawWord[];
      /** What joins it to the one before. */
      readonly after: "" | "&&" | "||" | "|";
      /** What stands in it for that which another command writes: `$(…)`. */
      readonly substitutes: readonly string[];
      /** Files that its output goes to. */
      readonly writes: readonly string[];
      readonly line: number;
      readonly source: string;
    }
  | { readonly is: "unreadable"; readonly line: number; readonly source: string };

const opens = new Set(["if", "for", "while", "until", "case", "{", "("]);
const closes = new Set(["fi", "done", "esac", "}", ")"]);

/** The commands of a script. An `if`, a loop or a function is not looked into. */
export function shellSteps({ text, lineAt }: Stretch): readonly ShellStep[] {
  const steps: ShellStep[] = [];
  let at = 0;
  let joint: "" | "&&" | "||" | "|" = "";
  while (at < text.length) {
    const blank = /^(?:[ \t]|\\\n)+|^#[^\n]*/.exec(text.slice(at))?.[0];
    if (blank !== undefined) at += blank.length;
    else if (/[\n;&]/.test(text.charAt(at))) at++;
    else {
      const read = readStep(at);
      steps.push(read.step);
      at = read.end;
      joint = read.joint;
    }
  }
  return steps;

  function readStep(start: number): { readonly step: ShellStep; readonly end: number; readonly joint: typeof joint } {
    const words: RawWord[] = [];
    const line = lineAt(start);
    let isReadable = true;
    const substitutes: string[] = [];
    const writes: string[] = [];
    let depth = 0;
    let isFirst = true;
    let end = start;
    for (;;) {
      const blank = /^(?:[ \t]|\\\n)+/.exec(text.slice(end))?.[0];
      if (blank !== undefined) {
        end += blank.length;
        continue;
      }
      const operator = /^(?:&&|\|\||;;|[|;\n&]|$)/.exec(text.slice(end))?.[0];
      if (operator !== undefined) {
        const isOver = depth === 0 || end >= text.length;
        if (!isOver) {
          end += Math.max(1, operator.length);
          isFirst = true;
          continue;
        }
        const source = text.slice(start, end).trim();
        const after = end + operator.length;
        const next = operator === "&&" || operator === "||" || operator === "|" ? operator : "";
        if (!isReadable || depth > 0) return { step: { is: "unreadable", line, source }, end: after, joint: next };
        const bare = words.findIndex((word) => !isAssignment(word));
        const count = bare < 0 ? words.length : bare;
        const step: ShellStep = {
          is: "command",
          assignments: words.slice(0, count),
          words: words.slice(count),
          after: joint,
          substitutes,
          writes,
          line,
          source,
        };
        return { step, end: after, joint: next };
      }
      if (text.charAt(end) === "#") {
        end += /^[^\n]*/.exec(text.slice(end))?.[0].length ?? 1;
        continue;
      }
      const redirect = /^\d?(?:>>|>&|<<|<&|[<>])&?[ \t]*/.exec(text.slice(end))?.[0];
      if (redirect !== undefined) {
        const target = readWord(text, end + redirect.length, lineAt);
        if (redirect.includes("<")) isReadable = false;
        if (!/^([0-9-]|\/dev\/(null|stdout|stderr|console))$/.test(target.word.raw)) writes.push(target.word.raw);
        end = target.end;
        continue;
      }
      const bracket = /^[(){}](?=[\s;]|$)|^[()]/.exec(text.slice(end))?.[0];
      const read = bracket === undefined ? readWord(text, end, lineAt) : null;
      const raw = bracket ?? read?.word.raw ?? "";
      if ((isFirst || bracket !== undefined) && opens.has(raw)) {
        depth++;
        isReadable = false;
      }
      if ((isFirst || bracket !== undefined) && closes.has(raw)) depth--;
      if (isFirst && raw === "function") isReadable = false;
      isFirst = ["then", "do", "else", "elif", "{", "("].includes(raw) || (isFirst && raw === "!");
      if (read && !read.isReadable && !/^"?\$[@*]"?$/.test(raw)) isReadable = false;
      substitutes.push(...(read?.substitutes ?? []));
      // A script of an init has no arguments.
      if (read && !/^"?\$[@*]"?$/.test(raw)) words.push(read.word);
      end = read ? Math.max(read.end, end + 1) : end + (bracket?.length ?? 1);
    }
  }
}

function isAssignment({ raw, parts }: RawWord): boolean {
  return /^[A-Za-z_]\w*=/.test(raw) && parts[0]?.is === "text";
}
