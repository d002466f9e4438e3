// `npm run bench`: svc beside its peers, in turn, on one engine. `npm run bench -- restart boot` runs these rows alone, and
// SVC_BENCH=short takes few rounds. The README's table and docs/performance.svg are written from what was measured.
import build from "../support/program.ts";
import { startEngine } from "../support/start-engine.ts";
import { drawPicture } from "./picture.ts";
import { keepResults } from "./results.ts";
import type { Line, Row } from "./row.ts";
import { rows } from "./rows/all.ts";
import { showTable, writeTable } from "./table.ts";
import { closeWorkshops } from "./workshop.ts";

const isShort = process.env.SVC_BENCH === "short";
const fewRounds = 3;
const rounds = (usual: number): number => (isShort ? Math.min(fewRounds, usual) : usual);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`there is no row ${unknown.join(", ")}; rows: ${rows.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const chosen = rows.filter((row) => names.length === 0 || names.includes(row.name));

build();
const stopEngine = await startEngine();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void closeWorkshops().finally(() => process.exit(130)));
// Whatever goes wrong, nothing stays behind.
process.once("uncaughtException", (error) => {
  console.error(error);
  void closeWorkshops().finally(() => process.exit(1));
});
try {
  const begun = performance.now();
  const beside = chosen.filter((row) => row.waits).map(run);
  beside.forEach((one) => void one.catch(() => undefined));
  for (const row of chosen.filter((row) => !row.waits)) await run(row);
  await Promise.all(beside);
  console.log(`took ${((performance.now() - begun) / 60_000).toFixed(1)} min`);
} finally {
  await closeWorkshops();
  await stopEngine();
}

async function run(row: Row): Promise<void> {
  const lines: readonly Line[] = await row.run(rounds);
  const all = keepResults(row.name, lines, rows);
  console.log(`\n${showTable(lines)}\n`);
  writeTable(all);
  drawPicture(all);
}
