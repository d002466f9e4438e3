import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readUnits, type UnitsRead } from "../../../../src/unit/read-units.ts";

/** Reads units from files that are there for the time of the reading: `units/web.yml`, `default/web`, `www/web/TAG`. */
export async function readFiles(
  files: { readonly [path: string]: string | Buffer },
  instances: readonly string[] = [],
): Promise<UnitsRead & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "svc-units-"));
  try {
    for (const sub of ["units", "default", "www"]) mkdirSync(join(folder, sub));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const [units, defaultDir, wwwDir] = ["units", "default", "www"].map((sub) => join(folder, sub)) as [
      string,
      string,
      string,
    ];
    return { ...(await readUnits({ units, defaultDir, wwwDir }, { instances })), folder };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
