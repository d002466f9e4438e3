import type { FileChanges, Reloaded } from "../../control/request.ts";
import { withNeeds } from "../../graph/closure.ts";
import type { Fact } from "../../plan/fact.ts";
import { stateOf } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";
import type { UnitsNow } from "../unit-source.ts";

type Wished = Extract<Fact, { fact: "wished" }>;

export type Reloader = {
  /**
   * Reads all files of all units again, whether they look changed or not. No running container is touched; a need that was added to a
   * running unit comes up. It tells what is new since the last reload, or since svc began, though svc may have seen it by itself.
   */
  readonly reload: () => Promise<Reloaded>;
  /** What the next reload would tell of the files as they were read last. */
  readonly changes: () => FileChanges;
};

export function reloader(daemon: Daemon): Reloader {
  let told = daemon.source.now;
  return {
    changes: () => changesBetween(told, daemon.source.now),
    async reload() {
      const now = await daemon.source.read({ anew: true });
      const needs = newNeeds(daemon);
      daemon.supervisor.tell(...needs);
      await daemon.save();
      const changes = changesBetween(told, now);
      told = now;
      const started = needs.map(({ unit, wish }) => ({ unit, neededBy: wish.by }));
      return { ...changes, started, problems: now.problems };
    },
  };
}

function changesBetween(before: UnitsNow, now: UnitsNow): FileChanges {
  const [names, namesBefore] = [namesIn(now), namesIn(before)];
  const changed = [...now.units.values()].filter((unit) => differs(unit, before.units.get(unit.name)));
  return {
    added: [...names].filter((name) => !namesBefore.has(name)),
    changed: changed.map(({ name }) => name),
    removed: [...namesBefore].filter((name) => !names.has(name)),
  };
}

/** Of units whose file is wrong too; not of those that an earlier svc knew, and whose file is gone. */
function namesIn({ units, invalid }: UnitsNow): ReadonlySet<string> {
  const there = [...units.values()].filter(({ launch }) => launch.ok || launch.code !== "missing-unit-file");
  return new Set([...there.map(({ name }) => name), ...invalid.keys()]);
}

function differs(unit: Unit, before: Unit | undefined): boolean {
  return before !== undefined && JSON.stringify(unit) !== JSON.stringify(before);
}

/** What a unit that is wanted needs, and nobody has stopped, is wanted too. */
export function newNeeds({ supervisor }: Daemon): readonly Wished[] {
  const { world } = supervisor;
  const facts = new Map<string, Wished>();
  for (const unit of world.units.values()) {
    const { want, alone } = stateOf(world, unit.name).wish;
    if (want !== "up" || alone) continue;
    for (const name of withNeeds([unit.name], world.units)) {
      const { by, generation } = stateOf(world, name).wish;
      if (by !== "nobody" || facts.has(name)) continue;
      facts.set(name, { fact: "wished", unit: name, wish: { want: "up", by: unit.name, generation }, anew: true });
    }
  }
  return [...facts.values()];
}
