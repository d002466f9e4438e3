import { lstat } from "node:fs/promises";
import { type FileReader, isMissing } from "../file-reader.ts";
import { unreadable } from "../unreadable.ts";
import { strayByte } from "../utf8.ts";
import { readEnvText } from "./env-file.ts";

export type Tag =
  | { readonly ok: true; readonly tag: string }
  | { readonly ok: false; readonly message: string; readonly line: number };

/** `export TAG=build-42`, `TAG=build-42` or `build-42`; null: there is no such file. */
export async function readTag(path: string, reader: FileReader): Promise<Tag | null> {
  try {
    return parseTag(await reader.read(path));
  } catch (error) {
    if (!isMissing(error))
      return { ok: false, message: `it cannot be read: ${unreadable(error as Error).because}`, line: 1 };
    const isLink = await lstat(path).then(
      () => true,
      () => false,
    );
    return isLink ? { ok: false, message: "it is a link to a file that is not there", line: 1 } : null;
  }
}

export function parseTag(text: string): Tag {
  return /^\s*(?:export\s|[A-Za-z_][A-Za-z0-9_]*=)/m.test(text) ? fromAssignments(text) : fromWords(text);
}

/** As the shell reads it: the last TAG counts, other variables are passed over. */
function fromAssignments(text: string): Tag {
  const { assignments, problems } = readEnvText(text, "sh");
  const [problem] = problems;
  if (problem) return { ok: false, message: `it cannot be read: ${problem.message}`, line: problem.line };
  const found = assignments.findLast(({ name }) => name === "TAG");
  return found ? checked(found.value, found.line) : noTag;
}

function fromWords(text: string): Tag {
  let found: Tag = noTag;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    found = checked(/^(["'])(.*)\1$/.exec(line)?.[2] ?? line, index + 1);
    if (!found.ok) return found;
  }
  return found;
}

const noTag: Tag = { ok: false, message: "it holds no tag", line: 1 };

/** The engine's grammar of tags. */
function checked(tag: string, line: number): Tag {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) return { ok: true, tag };
  if (strayByte(tag) !== null) return { ok: false, message: "the tag has a byte in it that is not UTF-8", line };
  return { ok: false, message: `${JSON.stringify(tag)} is no tag`, line };
}
