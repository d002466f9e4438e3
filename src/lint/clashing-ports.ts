import type { PlacedPorts } from "../unit/placed-ports.ts";
import type { PublishedPort } from "../unit/published-ports.ts";
import type { InvalidUnit } from "../unit/read-folder.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";
import { everyUnit } from "./every-unit.ts";

/**
 * Two units that would publish or listen on one port of the host: the one that starts second cannot. A unit that would have a port
 * twice never starts; engines refuse the same binding too. A unit whose file is wrong has ports too, as it will have when it is mended.
 */
export function clashingPorts(
  { units, invalid, ports }: Pick<UnitsRead, "units" | "invalid" | "ports">,
  concerns: (unit: string) => boolean,
): readonly UnitProblem[] {
  const all = everyUnit({ units, invalid });
  const portsOf = ({ name }: InvalidUnit): readonly PlacedPorts[] => ports.get(name) ?? [];
  return all.flatMap((later, at) => [
    ...(concerns(later.name) ? clashesWithin(later.name, portsOf(later)) : []),
    ...all.slice(0, at).flatMap((earlier) => {
      const [one, other] = concerns(later.name) ? [later, earlier] : [earlier, later];
      if (!concerns(one.name) || excludesEachOther(one, other)) return [];
      const taken = portsOf(other).flatMap((placed) => placed.ports);
      const hint = "take another port, or write conflicts if only one of them is to run";
      return portsOf(one).flatMap((placed) => clash(one.name, placed, { taken, also: `as ${other.name} does`, hint }));
    }),
  ]);
}

function clashesWithin(unit: string, all: readonly PlacedPorts[]): readonly UnitProblem[] {
  return all.flatMap((placed, at) => {
    const taken = all.slice(0, at).flatMap(({ ports }) => ports);
    return clash(unit, placed, {
      taken,
      also: "as it does already",
      hint: "take one of them out, or take another port",
    });
  });
}

function excludesEachOther(one: InvalidUnit, other: InvalidUnit): boolean {
  return one.conflicts.includes(other.name) || other.conflicts.includes(one.name);
}

type Taken = { readonly taken: readonly PublishedPort[]; readonly also: string; readonly hint: string };

/** Of a range the first is named. */
function clash(unit: string, { does, ports, at }: PlacedPorts, { taken, also, hint }: Taken): readonly UnitProblem[] {
  const [first, ...more] = ports.filter((port) => taken.some((one) => overlaps(port, one)));
  if (!first) return [];
  const port = `${first.port}/${first.protocol}`;
  const words = more.length === 0 ? `port ${port}` : `ports ${port} and ${more.length} more`;
  const message = `it ${does} ${words} of the host, ${also}`;
  return [{ unit, severity: "warning", code: "port-clash", ...at, message, hint }];
}

/** Of a range for one port of the container the engine takes what is free. */
function overlaps(one: PublishedPort, other: PublishedPort): boolean {
  const isSame = one.port !== null && one.port === other.port && one.protocol === other.protocol;
  const isFixed = one.port !== null && !one.port.includes("-");
  return isSame && isFixed && (one.ip === other.ip || holds(one.ip, other.ip) || holds(other.ip, one.ip));
}

/** An address that is not said is every address of both families. */
function holds(all: string, ip: string): boolean {
  if (all === "") return true;
  return (all === "0.0.0.0" && !ip.includes(":")) || (all === "::" && ip.includes(":"));
}
