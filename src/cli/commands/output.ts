import { styleText } from "node:util";
import { type Command, InvalidArgumentError } from "commander";
import { ask, printJson } from "../context.ts";
import { askEvents } from "../following/ask-events.ts";
import { askLogs } from "../following/ask-logs.ts";
import { showHistory } from "../show/history.ts";
import { widthOf } from "../show/table.ts";
import { instantOf, toSeconds } from "../show/times.ts";
import type { Run } from "./look.ts";

type Options = { verbose?: boolean; follow?: boolean; lines?: number; since?: string; grep?: string; json?: boolean };

/** Commands that show what was written and what happened: logs, history, events. */
export function addOutput(program: Command, run: Run): void {
  program
    .command("logs [units...]")
    .description("what units wrote, across restarts; without a name, all of them")
    .option("-f, --follow", "go on with what they write")
    .option("-n, --lines <count>", "the last lines of each; without it all that are kept", count)
    .option("--since <time>", "10m, 2h, or a date (UTC)")
    .option("--grep <expression>", "lines that match")
    .option("--json", "a JSON object a line")
    .action((units: string[], options: Options) =>
      run(async (cli) => {
        const named = units.length > 0 ? units : (await ask(cli, "list", {})).map((one) => one.name);
        const width = Math.max(0, ...named.map(widthOf));
        await askLogs(
          cli.socket,
          {
            units: named,
            follow: options.follow ?? false,
            ...(options.lines === undefined ? {} : { lines: options.lines }),
            ...(options.since === undefined ? {} : { since: instantOf(options.since, Date.now()) }),
            ...(options.grep === undefined ? {} : { grep: options.grep }),
          },
          (line) => {
            if (cli.json) return cli.out(`${JSON.stringify(line)}\n`);
            const name = named.length > 1 ? `${paint(line.unit, named.indexOf(line.unit), width, cli.colour)} ` : "";
            const mark = line.stream === "svc" ? "-- " : "";
            cli.out(`${name}${toSeconds(line.time)} ${mark}${line.text}\n`);
          },
        );
        return 0;
      }),
    );
  program
    .command("history <unit>")
    .description("how its runs ended")
    .option("-n, --lines <count>", "the last runs; without it all that are kept", count)
    .option("-v, --verbose", "with the last lines that each run wrote")
    .option("--json", "print JSON")
    .action((unit: string, options: Options) =>
      run(async (cli) => {
        const records = await ask(cli, "history", {
          unit,
          ...(options.lines === undefined ? {} : { runs: options.lines }),
        });
        if (cli.json) printJson(cli, records);
        else cli.words(showHistory(records, options.verbose ?? false, options.lines));
        return 0;
      }),
    );
  program
    .command("events [units...]")
    .description("what happened to units")
    .option("-f, --follow", "go on with what happens")
    .option("--since <time>", "10m, 2h, or a date (UTC)")
    .option("--json", "a JSON object a line")
    .action((units: string[], options: Options) =>
      run(async (cli) => {
        const since = options.since === undefined ? {} : { since: instantOf(options.since, Date.now()) };
        await askEvents(cli.socket, { units, follow: options.follow ?? false, ...since }, (event) => {
          if (cli.json) return cli.out(`${JSON.stringify(event)}\n`);
          cli.words(`${event.time}  ${event.unit ?? "svc"}  ${event.phase ?? event.event}  ${event.because}\n`);
        });
        return 0;
      }),
    );
}

const palette = ["cyan", "yellow", "green", "magenta", "blue", "red"] as const;

function paint(unit: string, index: number, width: number, colour: boolean): string {
  const padded = unit + " ".repeat(Math.max(0, width - widthOf(unit)));
  return colour ? styleText(palette[index % palette.length] ?? "cyan", padded, { validateStream: false }) : padded;
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("write a number");
  return Number(text);
}
