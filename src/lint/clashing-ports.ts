import type { PlacedPorts } from "../unit/placed-ports.ts";
import type { PublishedPort } from "../unit/published-ports.ts";
import type { InvalidUnit } from "../unit/read-folder.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";

/**
 * Two units that would publish or listen on one port of the host: the one that starts second cannot. A unit whose file is wrong
 * has ports too, as it will have when it is mended.
 */
export function clashingPorts(
  { units, invalid, ports }: Pick<UnitsRead, "units" | "invalid" | "ports">,
  concerns: (unit: string) => boolean,
): readonly UnitProblem[] {
  const all: readonly InvalidUnit[] = [...units, ...invalid].sort((one, other) => (one.name < other.name ? -1 : 1));
  return all.flatMap((later, at) =>
    all.slice(0, at).flatMap((earlier) => {
      const [one, other] = concerns(later.name) ? [later, earlier] : [earlier, later];
      if (!concerns(one.name) || excludesEachOther(one, other)) return [];
      const taken = (ports.get(other.name) ?? []).flatMap((placed) => placed.ports);
      return (ports.get(one.name) ?? []).flatMap((placed) => clash(one, placed, { other, taken }));
    }),
  );
}

function excludesEachOther(one: InvalidUnit, other: InvalidUnit): boolean {
  return one.conflicts.includes(other.name) || other.conflicts.includes(one.name);
}

type Others = { readonly other: InvalidUnit; readonly taken: readonly PublishedPort[] };

/** Of a range the first is named. */
function clash(
  { name }: InvalidUnit,
  { does, ports, at }: PlacedPorts,
  { other, taken }: Others,
): readonly UnitProblem[] {
  const [first, ...more] = ports.filter((port) => taken.some((one) => overlaps(port, one)));
  if (!first) return [];
  const port = `${first.port}/${first.protocol}`;
  const words = more.length === 0 ? `port ${port}` : `ports ${port} and ${more.length} more`;
  const message = `it ${does} ${words} of the host, as ${other.name} does`;
  const hint = "take another port, or write conflicts if only one of them is to run";
  return [{ unit: name, severity: "warning", code: "port-clash", ...at, message, hint }];
}

/** An address that is not said is every address. */
function overlaps(one: PublishedPort, other: PublishedPort): boolean {
  const isSame = one.port !== null && one.port === other.port && one.protocol === other.protocol;
  return isSame && (one.ip === other.ip || one.ip === "" || other.ip === "");
}
