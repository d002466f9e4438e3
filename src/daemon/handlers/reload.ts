import type { Reloaded } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import { stateOf } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";

/** Reads the unit folder again. No running container is touched; a need that was added to a running unit comes up. */
export async function reload(daemon: Daemon): Promise<Reloaded> {
  const before = new Map(daemon.source.now.units);
  const now = await daemon.source.read();
  pullUpNewNeeds(daemon);
  await daemon.save();
  const added = [...now.units.keys()].filter((name) => !before.has(name));
  const removed = [...before.keys()].filter((name) => !now.units.has(name));
  const changed = [...now.units.values()]
    .filter((unit) => differs(unit, before.get(unit.name)))
    .map((unit) => unit.name);
  return { added, changed, removed, problems: now.problems };
}

function differs(unit: Unit, before: Unit | undefined): boolean {
  return before !== undefined && JSON.stringify(unit) !== JSON.stringify(before);
}

/** What a unit that is wanted needs, and nobody has stopped, is wanted too. */
function pullUpNewNeeds({ supervisor }: Daemon): void {
  const { world } = supervisor;
  for (const unit of world.units.values()) {
    const { want, alone } = stateOf(world, unit.name).wish;
    if (want !== "up" || alone) continue;
    for (const name of withNeeds([unit.name], world.units)) {
      const { wish } = stateOf(world, name);
      if (wish.by !== "nobody") continue;
      supervisor.tell({
        fact: "wished",
        unit: name,
        wish: { want: "up", by: unit.name, generation: wish.generation },
        anew: true,
      });
    }
  }
}
