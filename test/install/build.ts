import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** These tests are about the program as it is shipped: it is built once, before the first of them. */
export default function setup(): void {
  const root = join(import.meta.dirname, "../..");
  execFileSync(process.execPath, ["build.mjs"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
