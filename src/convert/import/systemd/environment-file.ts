import { linesOf } from "../lines.ts";

/** The variables of an EnvironmentFile: as in a shell, but `$` and backquote are plain characters. */
export function environmentFile(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const lines = linesOf(text);
  for (let at = 0; at < lines.length; at++) {
    let line = lines[at]?.text ?? "";
    if (/^\s*[#;]/.test(line)) continue;
    while (line.endsWith("\\") && at + 1 < lines.length) line = line.slice(0, -1) + (lines[++at]?.text ?? "");
    const [, name, value = ""] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) variables.set(name, unquoted(value));
  }
  return variables;
}

function unquoted(value: string): string {
  const pieces = value.trim().matchAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)|(['"\\])/gs);
  return [...pieces]
    .map(
      ([, single, double, escaped, plain, lost]) =>
        single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? lost ?? "",
    )
    .join("");
}
