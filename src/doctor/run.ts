import { execFile } from "node:child_process";

/** What it prints; null: it cannot be asked. */
export function run(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: 5_000 }, (error, stdout) => resolve(error ? null : stdout.trim()));
  });
}
