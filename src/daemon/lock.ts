import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SvcError } from "../svc-error.ts";
import { type Library, loadLibrary } from "./load-library.ts";

const exclusiveAndAtOnce = 2 | 4;

type Libc = { flock(descriptor: number, operation: number): number };

/**
 * Makes this process the only one that supervises with this state folder, for as long as it lives: flock(2), which the kernel
 * lets go of by itself when the process ends, however it ends. Two masters would stop each other's containers.
 */
export function lockState(folder: string): void {
  const path = join(folder, "lock");
  const descriptor = openSync(path, "a+", 0o600);
  if (libc().functions.flock(descriptor, exclusiveAndAtOnce) === 0) {
    writeFileSync(path, `${process.pid}\n`);
    return;
  }
  closeSync(descriptor);
  const holder = readFileSync(path, "utf8").trim();
  throw new SvcError("already-running", `another svc daemon (pid ${holder}) supervises with ${folder}`, {
    hint: "svc version shows it; a second one needs its own --state-dir, --socket and --units",
  });
}

/** Node has no flock of its own; the executable brings the runtime that this is known to work with. */
function libc(): Library<Libc> {
  return loadLibrary<Libc>("libc.so.6", { flock: { arguments: ["i32", "i32"], return: "i32" } });
}
