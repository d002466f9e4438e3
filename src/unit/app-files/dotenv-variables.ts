import { parse } from "dotenv";
import type { Assignment } from "./env-file.ts";

/** As the npm package dotenv reads it; it tells no places, so the name is looked for. */
export function dotenvVariables(text: string): readonly Assignment[] {
  const lines = text.split("\n");
  return Object.entries(parse(text)).map(([name, value]) => {
    const index = Math.max(
      0,
      lines.findIndex((line) => line.replace(/^\s*(export\s+)?/, "").startsWith(name)),
    );
    const column = Math.max(1, (lines[index]?.indexOf(name) ?? 0) + 1);
    return { name, value, line: index + 1, column, valueColumn: column + name.length + 1 };
  });
}
