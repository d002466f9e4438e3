import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

let writes = 0;

/** The file has the old content or the new, never half of it: written aside, synced, renamed, and the folder synced. */
export async function writeFileSafely(path: string, content: string, mode: number): Promise<void> {
  const folder = dirname(path);
  const aside = join(folder, `.${basename(path)}.${process.pid}.${writes++}`);
  try {
    const file = await open(aside, "w", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  const directory = await open(folder, "r");
  await directory.sync().finally(() => directory.close());
}
