import { excludeEachOther } from "../../graph/conflicts.ts";
import { stateOf } from "../../plan/world.ts";
import { SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";

/** Two units that exclude each other are not both asked for, and none is asked for while the other is up. */
export function refuseConflicts(names: readonly string[], daemon: Daemon): void {
  const { units } = daemon.supervisor.world;
  for (const name of names) {
    for (const other of units.values()) {
      const clash = excludeEachOther(name, other.name, units);
      const both = names.includes(other.name) || stateOf(daemon.supervisor.world, other.name).wish.want === "up";
      if (!clash || !both || other.name === name) continue;
      throw new SvcError("conflicting-units", `${name} and ${other.name} exclude each other`, {
        hint: `stop one of them first:  svc stop ${other.name}`,
      });
    }
  }
}
