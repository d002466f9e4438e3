import type { UsageLook } from "../../control/request.ts";
import { ask, type Cli, printJson } from "../context.ts";
import { showPhase } from "../show/statuses.ts";
import { table } from "../show/table.ts";
import { ago } from "../show/times.ts";
import { memory, percent } from "./figures.ts";
import { cut, plain } from "./screen.ts";

/** Of a line that would be the longest in the table; what is no terminal takes all of it. */
const lastLineCells = process.stdout.isTTY ? 60 : Number.POSITIVE_INFINITY;

/** One look, as a table or with all its figures as JSON. */
export async function topOnce(cli: Cli, units: readonly string[]): Promise<number> {
  const looks: UsageLook[] = [];
  await ask(cli, "usage", { units }, (look) => looks.push(look));
  const [look] = looks;
  if (!look) return 0;
  if (cli.json) printJson(cli, look);
  else cli.out(showLook(look, cli.colour));
  return 0;
}

function showLook({ time, units }: UsageLook, colour: boolean): string {
  const rows = units.map((unit) => [
    plain(unit.name),
    showPhase(unit.phase, colour),
    ago(unit.since, Date.parse(time)),
    percent(unit.cpuPercent),
    memory(unit.memoryBytes, unit.memoryLimitBytes),
    String(unit.restarts),
    cut(plain(unit.lastLine ?? "-"), lastLineCells),
  ]);
  return table([["UNIT", "PHASE", "SINCE", "CPU %", "MEMORY", "RESTARTS", "LAST LINE"], ...rows]);
}
