import { writeSection } from "../support/readme-section.ts";
import { median, ratioTo, spread } from "./rounds.ts";
import { floor, type Goal, type Line, type Measure, svc } from "./row.ts";

const mark = "<!-- made by npm run bench -->";
const head = ["| work | svc | floor | others | of the floor | of the others | goal |", "|---|---|---|---|---|---|---|"];

/** The lines as a table, each with medians, the middle half of the rounds, ratios, and what became of the goals. */
export function showTable(lines: readonly Line[]): string {
  return [...head, ...lines.map(showLine)].join("\n");
}

export function writeTable(lines: readonly Line[]): void {
  writeSection(mark, showTable(lines));
}

function showLine(line: Line): string {
  const { measured, skipped = {}, unit } = line;
  const others = Object.keys(measured).filter((name) => name !== svc && name !== floor);
  const cells = [
    line.work,
    showValue(measured[svc], unit),
    showValue(measured[floor], unit),
    [
      ...others.map((name) => `${name} ${showValue(measured[name], unit)}`),
      ...Object.entries(skipped).map(([name, why]) => `${name}: ${why}`),
    ].join("; "),
    showRatio(line, floor),
    others.map((name) => `${showRatio(line, name)} ${name}`).join(", "),
    line.goals.map((goal) => showGoal(line, goal)).join("; "),
  ];
  return `| ${cells.join(" | ")} |`;
}

function showValue(values: readonly number[] | undefined, unit: Measure): string {
  if (!values || values.length === 0) return "";
  if (values.length < 3) return `${values.map(short).join(", ")} ${unit}`;
  const [low, high] = spread(values);
  return `${short(median(values))} ${unit} (${short(low)} to ${short(high)}, ${values.length} rounds)`;
}

function showRatio(line: Line, other: string): string {
  return ratioTo(line, other)?.toFixed(2) ?? "";
}

function showGoal(line: Line, goal: Goal): string {
  const words = goal.of === null ? `≤ ${goal.atMost} ${line.unit}` : `≤ ${goal.atMost.toFixed(2)} of ${goal.of}`;
  const met = isMet(line, goal);
  if (met === null) return `${words}: not measured`;
  return met ? `${words}: met` : `${words}: **missed**`;
}

/** null: it could not be measured. */
export function isMet(line: Line, { of, atMost }: Goal): boolean | null {
  const mine = line.measured[svc];
  const value = of === null ? (mine ? median(mine) : null) : ratioTo(line, of);
  return value === null ? null : Number(value.toFixed(2)) <= atMost;
}

function short(value: number): string {
  if (value >= 10_000) return Math.round(value).toString();
  return Number(value.toPrecision(3)).toString();
}
