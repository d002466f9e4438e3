import { readFile } from "node:fs/promises";

export type Tag =
  | { readonly ok: true; readonly tag: string }
  | { readonly ok: false; readonly message: string; readonly line: number };

/** `export TAG=build-42`, `TAG=build-42` or `build-42`; null: there is no such file. */
export async function readTag(path: string): Promise<Tag | null> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    return error.code === "ENOENT" || error.code === "ENOTDIR" ? null : error;
  });
  if (text instanceof Error) return { ok: false, message: `it cannot be read: ${text.message}`, line: 1 };
  return text === null ? null : parseTag(text);
}

export function parseTag(text: string): Tag {
  let found: Tag = { ok: false, message: "it holds no tag", line: 1 };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const match = /^(?:(?:export\s+)?TAG=)?(["']?)(.*?)\1;?$/.exec(line);
    const tag = match?.[2] ?? "";
    // The engine's grammar of tags.
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag))
      return { ok: false, message: `${JSON.stringify(tag)} is no tag`, line: index + 1 };
    found = { ok: true, tag };
  }
  return found;
}
