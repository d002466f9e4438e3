import { lostOutput, type SvcError } from "../svc-error.ts";

/** `svc logs web | head`: who reads has enough, and that is no failure. `tell`: shows one that is, and returns its exit code. */
export function endWithTheReader(tell: (error: SvcError) => number): void {
  process.stdout.on("error", (error) => {
    const lost = lostOutput(error, "stdout");
    process.exit(lost ? tell(lost) : 0);
  });
}
