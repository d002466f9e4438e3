import { readdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { SvcError } from "../svc-error.ts";

const nameForm = "[A-Za-z0-9][A-Za-z0-9_.-]*@?[A-Za-z0-9_.-]*";
const fileForm = new RegExp(`^${nameForm}\\.yml$`);
const wholeName = new RegExp(`^${nameForm}$`);

export function isUnitName(name: string): boolean {
  return wholeName.test(name);
}

/** Names of the units and templates (`worker@`) that have a file here, sorted; what editors leave behind is passed over. */
export function unitNamesIn(files: readonly string[]): readonly string[] {
  return files
    .filter((name) => fileForm.test(name))
    .map((name) => name.slice(0, -".yml".length))
    .sort();
}

/** The same of a folder; none where there is no such folder. */
export async function unitNames(folder: string): Promise<readonly string[]> {
  return unitNamesIn(await readdir(folder).catch(() => []));
}

/** Where a folder of unit files is named that is none, nothing would be found in it, and nothing wrong. A daemon waits for one. */
export async function refuseOtherThanFolder(path: string, { isAwaited = false } = {}): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error && isAwaited && found.code === "ENOENT") return;
  if (found instanceof Error) {
    if (found.code !== "ENOENT" && found.code !== "ENOTDIR")
      throw new SvcError("missing-file", `the folder of unit files cannot be read: ${found.message}`, {
        hint: "run svc as root, or name another folder with --units",
      });
    throw new SvcError("missing-file", `there is no folder of unit files at ${path}`, {
      hint: `name another with --units, or make it: mkdir -p ${path}`,
    });
  }
  if (!found.isDirectory())
    throw new SvcError("missing-file", `${path} is no folder of unit files, but a file`, {
      hint: `name its folder: --units ${dirname(path)}`,
    });
}
