import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";

/** The fields of one comma-separated record; a field with a comma or a quote in it stands in double quotes, quotes doubled. */
export function readCsv(text: string): readonly string[] {
  const fields: string[] = [];
  let rest = text.replace(/^(?:\r?\n)+/, "");
  if (rest === "") throw new BadValue("the value is empty");

  for (;;) {
    const field = rest.startsWith('"')
      ? /^"((?:[^"]|"")*)"(?=,|\r?\n|$)/.exec(rest)
      : /^([^,"\n]*?)(?=,|\r?\n|\r?$)/.exec(rest);
    if (!field) throw new BadValue(say`the quotes in ${text} do not fit`);
    fields.push(rest.startsWith('"') ? (field[1] ?? "").replaceAll('""', '"') : (field[1] ?? ""));
    rest = rest.slice(field[0].length);
    if (!rest.startsWith(",")) return fields;
    rest = rest.slice(1);
  }
}

export function csvLine(fields: readonly string[]): string {
  return fields
    .map((field) => (/[,"\r\n]|^\s|^\\\.$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}
