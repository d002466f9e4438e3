import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SvcError } from "../svc-error.ts";
import { writeFileSafely } from "../unit/write-file-safely.ts";

export type FileToWrite = {
  readonly name: string;
  readonly text: string;
  /** The file that it is made from, where there is one. */
  readonly from?: string;
};

/** Writes all of the files or, when one is there already, none. They are their owner's alone: what stands in them may be a secret. */
export async function writeFiles(folder: string, files: readonly FileToWrite[], force: boolean): Promise<void> {
  const names = files.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    const makers = files.flatMap(({ name, from }) => (name === twice && from !== undefined ? [from] : []));
    const [one = ""] = makers;
    if (makers.every((maker) => maker === one))
      throw new SvcError("conflicting-units", `two things in ${one} make ${twice}`, {
        hint: "rename one of them there",
      });
    throw new SvcError("conflicting-units", `two of them make ${twice}: ${makers.join(" and ")}`, {
      hint: "import them one by one, into two folders",
    });
  }
  for (const name of force ? [] : names) {
    if (await isThere(join(folder, name)))
      throw new SvcError("usage", `${join(folder, name)} is there already; nothing was written`, {
        hint: "--force overwrites it",
      });
  }
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) await writeFileSafely(join(folder, name), text, 0o600);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
