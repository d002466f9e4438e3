import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The timers, sockets and paths beside NAME.service that start it, by their names or by `Unit=`. */
export async function startersOf(file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(timer|socket|path)$/.test(name));
  const found: string[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const text = await readFile(path, "utf8").catch(() => "");
    const named = /^\s*(?:Unit|Service)\s*=\s*(\S+)\s*$/m.exec(text)?.[1];
    if ((named ?? name.replace(/\.\w+$/, ".service")) === basename(file)) found.push(path);
  }
  return found;
}
