import { readFile, rename } from "node:fs/promises";
import { messageOf, SvcError } from "../svc-error.ts";

/**
 * What svc kept in a file of its own; null: there is none. One that cannot be read or understood is moved aside and told of, and is no
 * reason not to begin. One that cannot even be moved is: it would be written over.
 */
export async function readKept<Kept>(
  path: string,
  { what, parse, warn }: { what: string; parse: (text: string) => Kept | Error; warn: (message: string) => void },
): Promise<Kept | null> {
  let problem: unknown;
  try {
    const kept = parse(await readFile(path, "utf8"));
    if (!(kept instanceof Error)) return kept;
    problem = kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    problem = error;
  }
  const aside = `${path}.unreadable`;
  await rename(path, aside).catch((error: unknown) => {
    const message = `the file of ${what}, ${path}, can neither be read (${messageOf(problem)}) nor moved aside (${messageOf(error)})`;
    throw new SvcError("missing-file", message, {
      hint: `mend it, or move it away yourself:  mv ${path} ELSEWHERE`,
      cause: error,
    });
  });
  warn(`the file of ${what} cannot be read and was moved to ${aside}: ${messageOf(problem)}`);
  return null;
}
