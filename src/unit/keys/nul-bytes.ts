import { maskedAround } from "../unit-problem.ts";
import type { YamlProblem, YamlText } from "../yaml-text.ts";
import { changeScalars } from "../yaml-text.ts";

/** As it is written between double quotes, or as it is. */
const written = /\0|\\(?:0|x00|u0000|U00000000)/;

/** No program can be given one, and a file that has one is told before somebody tries to. */
export function nulBytes(content: string, yaml: YamlText): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  const look = (value: unknown, { range }: { readonly range?: readonly [number, number, number] | null }): unknown => {
    if (typeof value !== "string" || !value.includes("\0")) return value;
    const [start, end] = range ?? [0, 0, 0];
    const found = written.exec(content.slice(start, end));
    const message = "this is a NUL byte, which no command, variable or path can hold";
    const at = maskedAround(yaml.at(start + (found?.index ?? 0), found?.[0].length ?? 1));
    problems.push({ severity: "error", at, message, hint: "take it out" });
    return value;
  };
  changeScalars(yaml.document, look, "keys too");
  return problems;
}
