import type { Plan } from "../../control/request.ts";
import { fittedTable } from "./fitted-table.ts";
import { showPhase } from "./statuses.ts";
import { table } from "./table.ts";

const mostNames = 8;

/** What a command would do: the steps, who is away meanwhile, which ports go dark, how long it takes, how it ends. */
export function showPlan(
  plan: Plan,
  command: string,
  { colour, columns }: { readonly colour: boolean; readonly columns: number },
): string {
  if (plan.steps.length === 0) {
    const hasNewFiles = plan.files && Object.values(plan.files).some((names) => names.length > 0);
    return `${hasNewFiles ? "no container would be touched" : "nothing would be done"}${endWords(plan, colour)}\n`;
  }
  const steps = plan.steps.map((step, at) => [
    String(at + 1),
    span(step.at),
    step.unit,
    step.does,
    step.what,
    step.because,
  ]);
  const blocks = [fittedTable([["", "AFTER", "UNIT", "DOES", "WHAT", "BECAUSE"], ...steps], columns)];
  if (plan.meanwhile.length > 0) {
    const rows = plan.meanwhile.map(({ unit, from, until, phases }) => [
      `  ${unit}`,
      until === null ? `from ${span(from)} on` : `for ${span(until - from)}, from ${span(from)} on`,
      `${phases.every((phase) => phase === "degraded") ? "it runs" : "it is down"}: ${phases.map((phase) => showPhase(phase, colour)).join(", ")}`,
    ]);
    blocks.push(`affected meanwhile:\n${table(rows)}`);
  }
  if (plan.darkPorts.length > 0) {
    const rows = plan.darkPorts.map(({ port, unit, from, until }) => [
      `  ${port}`,
      `of ${unit}`,
      until === null ? `from ${span(from)} on` : `for ${span(until - from)}`,
    ]);
    blocks.push(`ports that nobody answers meanwhile:\n${table(rows)}`);
  }
  blocks.push(`takes about ${span(plan.takes)}, ${sourceWords(plan)}${endWords(plan, colour)}\n`);
  return `${blocks.join("\n")}nothing was done; this does it:  ${command}\n`;
}

/** Which spans were measured, and which nobody has seen yet. */
function sourceWords({ steps, guessed }: Plan): string {
  const unitsOf = new Map<string, string[]>();
  for (const { unit, what } of guessed) unitsOf.set(what.join(", "), [...(unitsOf.get(what.join(", ")) ?? []), unit]);
  const guesses = [...unitsOf].map(([what, units]) => `the ${what} of ${few(units)}`);
  if (guesses.length === 0) return "as measured in earlier runs";
  const guess = `a guess for ${guesses.join(" and ")}, not seen yet`;
  const timed = steps.filter(({ does }) => does !== "remove" && does !== "kill");
  const isAllGuess = timed.every(({ unit, does, what }) =>
    guessed.some((one) => one.unit === unit && one.what.includes(does === "run" ? (what.split(":")[0] ?? "") : does)),
  );
  return isAllGuess ? guess : `as measured in earlier runs, but ${guess}`;
}

function endWords({ inTheEnd }: Plan, colour: boolean): string {
  if (inTheEnd.length === 0) return "";
  const words = (phase: (typeof inTheEnd)[number]["phase"]): string =>
    phase === null ? "not up" : showPhase(phase, colour);
  const phases = [...new Set(inTheEnd.map(({ phase }) => phase))];
  const ends =
    inTheEnd.length <= mostNames
      ? inTheEnd.map(({ unit, phase }) => `${unit} ${words(phase)}`)
      : phases.map((phase) => `${inTheEnd.filter((one) => one.phase === phase).length} ${words(phase)}`);
  const doubts = inTheEnd.flatMap(({ unit, doubt }) =>
    doubt === null ? [] : [`  ${unit} is not expected to be up: ${doubt}\n`],
  );
  return `; in the end: ${ends.join(", ")}${doubts.length === 0 ? "" : `, as far as is known\n${doubts.join("").trimEnd()}`}`;
}

/** Of many how many they are: their names stand in the steps. */
function few(units: readonly string[]): string {
  return units.length <= mostNames ? units.join(", ") : `${units.length} units`;
}

function span(seconds: number): string {
  return seconds < 10 ? `${Math.round(seconds * 10) / 10} s` : `${Math.round(seconds)} s`;
}
