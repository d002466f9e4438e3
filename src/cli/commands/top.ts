import { type Command, InvalidArgumentError } from "commander";
import type { Run } from "./look.ts";

type Options = { readonly delay?: number; readonly once?: boolean; readonly json?: boolean };

/** Seconds. */
const [shortest, usual, longest] = [0.25, 2, 3_600];

/** The command that looks again and again: top. What it takes to draw is loaded by it alone. */
export function addTop(program: Command, run: Run): void {
  program
    .command("top [units...]")
    .description("how units are, what they use and what they wrote last, on the full screen; without a terminal, once")
    .option("-d, --delay <seconds>", `between two looks (default: ${usual})`, seconds)
    .option("--once", "one table, as without a terminal")
    .option("--json", "one look as JSON")
    .action((units: string[], options: Options) =>
      run(async (cli) => {
        const json = cli.json;
        const isScreen = process.stdin.isTTY && process.stdout.isTTY && cli.environment.TERM !== "dumb";
        if (json || options.once || !isScreen) {
          const { topOnce } = await import("../top/once.ts");
          return topOnce({ ...cli, json }, units);
        }
        const { liveTop } = await import("../top/live.ts");
        return liveTop(cli, { units, everyMs: (options.delay ?? usual) * 1_000 });
      }),
    );
}

function seconds(text: string): number {
  const delay = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || delay < shortest || delay > longest)
    throw new InvalidArgumentError(`write seconds, from ${shortest} to ${longest}`);
  return delay;
}
