import type { Outcome, Progress } from "../../control/request.ts";
import type { Cli } from "../context.ts";
import { pullBar } from "./pull-bar.ts";
import { redrawnRows } from "./redrawn-rows.ts";
import { showPhase } from "./statuses.ts";
import { table } from "./table.ts";

/** Progress on stderr: redrawn in place on a terminal, else a line a change. */
export function progressView(cli: Cli): { show(progress: Progress): void; end(): void } {
  if (cli.quiet || cli.json) return { show: () => undefined, end: () => undefined };
  const units = new Map<string, Progress>();
  const told = new Map<string, string>();
  const draw = redrawnRows(cli.err);
  return {
    show(progress) {
      if (!cli.terminal) {
        const line = `${progress.unit}: ${progress.phase}: ${progress.because}\n`;
        if (told.get(progress.unit) !== line) cli.err(line);
        told.set(progress.unit, line);
        return;
      }
      units.set(progress.unit, progress);
      draw(table([...units.values()].map((one) => [one.unit, showPhase(one.phase, cli.colour), wordsOf(one)])));
    },
    end: () => draw(""),
  };
}

function wordsOf({ because, pull }: Progress): string {
  return pull && pull.totalBytes > 0 ? pullBar(pull) : because;
}

/** What became of each unit, and the command's exit code; `late`: what is said when the time is up. */
export function showOutcome(cli: Cli, outcome: Outcome, late = "the time is up; svc goes on trying"): number {
  if (cli.json) cli.out(`${JSON.stringify(outcome, null, 2)}\n`);
  else if (!cli.quiet || !outcome.ok) {
    const rows = outcome.units.map((unit) => [unit.name, showPhase(unit.phase, cli.colour), unit.because]);
    (outcome.ok ? cli.out : cli.err)(table(rows));
    if (outcome.timedOut) cli.err(`svc: ${late}\n`);
  }
  for (const warning of cli.json ? [] : (outcome.warnings ?? [])) cli.err(`svc: warning: ${warning}\n`);
  if (outcome.ok) return 0;
  return outcome.timedOut ? 124 : 1;
}
