import type { Unit } from "../unit/unit.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";
import { type Linted, warning } from "./lint.ts";

type Published = { readonly ip: string; readonly port: string; readonly protocol: string };

/** Two units that would publish one port of the host: the one that starts second cannot. */
export function clashingPorts(all: readonly Linted[]): readonly UnitProblem[] {
  return all.flatMap((one, at) =>
    all.slice(0, at).flatMap((other) => {
      if (excludesEachOther(one.unit, other.unit)) return [];
      const clash = publishedBy(one.unit).find((port) =>
        publishedBy(other.unit).some((taken) => overlaps(port, taken)),
      );
      if (!clash) return [];
      const message = `it publishes port ${clash.port}/${clash.protocol} of the host, as ${other.unit.name} does`;
      const hint = "publish another, or write conflicts if only one of them is to run";
      return [warning(one, { code: "port-clash", key: "ports", message, hint })];
    }),
  );
}

function excludesEachOther(one: Unit, other: Unit): boolean {
  return one.conflicts.includes(other.name) || other.conflicts.includes(one.name);
}

function publishedBy({ launch }: Unit): readonly Published[] {
  if (!launch.ok) return [];
  const { PortBindings = {} } = (launch.create.body.HostConfig ?? {}) as {
    readonly PortBindings?: {
      readonly [port: string]: readonly { readonly HostIp?: string; readonly HostPort?: string }[];
    };
  };
  return Object.entries(PortBindings).flatMap(([port, places]) =>
    places.flatMap(({ HostIp = "", HostPort = "" }) =>
      HostPort === "" || HostPort === "0"
        ? []
        : [
            {
              ip: HostIp === "0.0.0.0" || HostIp === "::" ? "" : HostIp,
              port: HostPort,
              protocol: port.split("/")[1] ?? "tcp",
            },
          ],
    ),
  );
}

/** An address that is not said is every address. */
function overlaps(one: Published, other: Published): boolean {
  const isSame = one.port === other.port && one.protocol === other.protocol;
  return isSame && (one.ip === other.ip || one.ip === "" || other.ip === "");
}
