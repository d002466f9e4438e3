import { conflictsOf } from "../../graph/conflicts.ts";
import { stateOf } from "../../plan/world.ts";
import { SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";

/** Two units that exclude each other are not both asked for, and none is asked for while the other is up. */
export function refuseConflicts(names: readonly string[], { supervisor: { world } }: Daemon): void {
  for (const name of names) {
    for (const other of conflictsOf(name, world.units)) {
      if (!names.includes(other) && stateOf(world, other).wish.want !== "up") continue;
      throw new SvcError("unit-excluded", `${name} and ${other} exclude each other`, {
        hint: `stop one of them first:  svc stop ${other}`,
      });
    }
  }
}
