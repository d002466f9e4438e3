import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The program as it is shipped: one executable. */
export const program = join(root, "dist/svc");

/** Tests of the product are about that program: before the first of them it is built, unless it is newer than all it is made of. */
export default function setup(): void {
  const parts = ["build.mjs", "package-lock.json", "src"].flatMap((part) => filesOf(join(root, part)));
  const newest = Math.max(...parts.map((path) => statSync(path).mtimeMs));
  if (existsSync(program) && statSync(program).mtimeMs > newest) return;
  execFileSync(process.execPath, ["build.mjs"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
