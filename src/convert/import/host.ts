import { readFileSync } from "node:fs";

/** What an import looks at beside the files that it is given. */
export type Host = {
  /** null: it is not there, or may not be read. */
  readonly readFile: (path: string) => string | null;
  readonly defaultDir: string;
  readonly wwwDir: string;
  /** Names of the units that are there already, which those of the import may name. */
  readonly units: ReadonlySet<string>;
};

/** This host. */
export function hostOf(defaultDir: string, wwwDir: string, units: ReadonlySet<string> = new Set()): Host {
  const readFile = (path: string): string | null => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  };
  return { readFile, defaultDir, wwwDir, units };
}
