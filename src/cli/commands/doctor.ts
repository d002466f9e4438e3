import { styleText } from "node:util";
import type { Command } from "commander";
import { ownVersion } from "../../control/own-program.ts";
import type { Finding } from "../../doctor/finding.ts";
import { type Place, pathOf } from "../../unit/places.ts";
import { type Cli, printJson } from "../context.ts";
import { foldersOf } from "../folders.ts";
import { table } from "../show/table.ts";
import type { Run } from "./look.ts";

/** svc doctor: what on this host stands in svc's way, with what to do about it. */
export function addDoctor(program: Command, run: Run): void {
  program
    .command("doctor")
    .description("look at engine, disks, clock, permissions and leftovers; say what to do; exit 1 if something is bad")
    .option("--json", "print JSON")
    .action(() =>
      run(async (cli) => {
        const findings = await findingsOf(cli);
        if (cli.json) printJson(cli, findings);
        else cli.words(show(findings, cli));
        return findings.some(({ state }) => state === "bad") ? 1 : 0;
      }),
    );
}

async function findingsOf(cli: Cli): Promise<readonly Finding[]> {
  const { doctor } = await import("../../doctor/doctor.ts");
  const at = (place: Place): string => pathOf(place, cli.environment);
  return doctor({
    places: {
      ...foldersOf({}, cli),
      state: at("state-dir"),
      logs: at("log-dir"),
      socket: cli.socket,
    },
    version: ownVersion,
  });
}

const colours = { ok: "green", warn: "yellow", bad: "red" } as const;

function show(findings: readonly Finding[], { colour, quiet }: Cli): string {
  const shown = quiet ? findings.filter(({ state }) => state !== "ok") : findings;
  const rows = shown.map(({ about, state, found }) => [
    colour ? styleText(colours[state], state, { validateStream: false }) : state,
    about,
    found,
  ]);
  const lines = table(rows).split(/(?<=\n)/);
  return shown.map(({ remedy }, at) => `${lines[at]}${remedy === null ? "" : `      ${remedy}\n`}`).join("");
}
