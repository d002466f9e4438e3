import { type PublishedPort, portsOfHost } from "../unit/published-ports.ts";
import type { Unit } from "../unit/unit.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";
import { type Linted, warning } from "./lint.ts";

/** Two units that would publish or listen on one port of the host: the one that starts second cannot. */
export function clashingPorts(all: readonly Linted[], concerns: (unit: string) => boolean): readonly UnitProblem[] {
  return all.flatMap((later, at) =>
    all.slice(0, at).flatMap((earlier) => {
      const [one, other] = concerns(later.unit.name) ? [later, earlier] : [earlier, later];
      if (!concerns(one.unit.name)) return [];
      if (excludesEachOther(one.unit, other.unit)) return [];
      const clash = portsOfHost(one.unit).find((port) =>
        portsOfHost(other.unit).some((taken) => overlaps(port, taken)),
      );
      if (!clash) return [];
      const listens = isListen(one.unit, clash);
      const does = listens ? "listens on" : "publishes";
      const message = `it ${does} port ${clash.port}/${clash.protocol} of the host, as ${other.unit.name} does`;
      const hint = "take another port, or write conflicts if only one of them is to run";
      return [warning(one, { code: "port-clash", key: listens ? "listen" : "ports", message, hint })];
    }),
  );
}

function isListen(unit: Unit, { port, protocol }: PublishedPort): boolean {
  return protocol === "tcp" && unit.listen.some((listen) => String(listen.port) === port);
}

function excludesEachOther(one: Unit, other: Unit): boolean {
  return one.conflicts.includes(other.name) || other.conflicts.includes(one.name);
}

/** An address that is not said is every address. */
function overlaps(one: PublishedPort, other: PublishedPort): boolean {
  const isSame = one.port !== null && one.port === other.port && one.protocol === other.protocol;
  return isSame && (one.ip === other.ip || one.ip === "" || other.ip === "");
}
