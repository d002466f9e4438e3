import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SvcError } from "../svc-error.ts";
import { unreadable } from "./unreadable.ts";

/** Of a unit or a template. */
export function isUnitName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*@?[A-Za-z0-9_.-]*$/.test(name);
}

/** Names of the units and templates (`worker@`) that have a file here, sorted; what editors leave behind is passed over. */
export function unitNamesIn(files: readonly string[]): readonly string[] {
  return files
    .filter((file) => file.endsWith(".yml"))
    .map((file) => file.slice(0, -".yml".length))
    .filter(isUnitName)
    .sort();
}

/** The same of a folder; none where there is no such folder. */
export async function unitNames(folder: string): Promise<readonly string[]> {
  return unitNamesIn(await readdir(folder).catch(() => []));
}

/** What a unit may be called; one `@` parts a template and its instance. */
export const allowedNames = "the name of a unit is of letters, digits, _ . and -, a letter or digit first";

/** How to make a unit file of one that has another name. */
export function renaming(file: string): string {
  const name = properName(file);
  return name === null ? "give it a name of these" : `mv ${quoted(file)} ${quoted(join(dirname(file), name))}`;
}

/** What a file would be called as a unit file, by the letters of its name that are allowed; null: none are. */
export function properName(file: string): string | null {
  const stem = basename(file).replace(/\.ya?ml$/, "");
  const [first = "", ...rest] = stem.split("@").map((part) => part.replace(/[^A-Za-z0-9_.-]+/g, "-"));
  const name = [first.replace(/^[^A-Za-z0-9]+/, ""), ...(rest.length > 0 ? [rest.join("-")] : [])]
    .map((part) => part.replace(/-+$/, ""))
    .join("@");
  return isUnitName(name) ? `${name}.yml` : null;
}

/** As a shell takes it; a name that begins with - is no option. */
function quoted(path: string): string {
  const word = path.startsWith("-") ? `./${path}` : path;
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Where a folder of unit files is named that is none, nothing would be found in it, and nothing wrong. A daemon waits for one. */
export async function refuseOtherThanFolder(path: string, { isAwaited = false } = {}): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error && isAwaited && found.code === "ENOENT") return;
  if (found instanceof Error) {
    if (found.code !== "ENOENT" && found.code !== "ENOTDIR")
      throw new SvcError("missing-file", `the folder of unit files cannot be read: ${unreadable(found).because}`, {
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

/** Somebody names a template as if it were a unit. */
export function noUnit(template: string): SvcError {
  return new SvcError("unknown-unit", `${template} is a template`, { hint: `name a unit of it: ${template}1` });
}
