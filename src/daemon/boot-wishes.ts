import { withNeeds } from "../graph/closure.ts";
import { conflictsOf } from "../graph/conflicts.ts";
import type { Fact, SeenContainer } from "../plan/fact.ts";
import { freshState, stateOf, type World } from "../plan/world.ts";
import type { Unit } from "../unit/unit.ts";
import type { Saved } from "./saved-state.ts";

/** What was wished and counted when svc ended last. After a reboot all that is left is the count of restarts asked for, which must never go back, and what came of its tag. */
export function rememberedWishes(saved: Saved, boot: string): readonly Fact[] {
  return [...saved.units].map(([unit, state]) => {
    if (saved.boot === boot) return { fact: "remembered", unit, state };
    const wish = { want: "down", by: "boot", generation: state.wish.generation } as const;
    return { fact: "remembered", unit, state: { ...freshState, wish, trial: { ...state.trial, since: null } } };
  });
}

/**
 * What is wished at the first look at the engine. Where svc begins anew (the host was booted, svc had been told to end, or nothing is
 * saved) those that are enabled and what they need, if they were there when svc began, but none beside one that it excludes. Where
 * it goes on, after a crash or a reexec, nothing that nobody asked for. In the same boot also what runs with our label and is not
 * saved: the saved state was lost, and nobody stopped it.
 */
export function bootWishes(
  seen: ReadonlyMap<string, SeenContainer>,
  about: {
    readonly world: World;
    readonly saved: Saved;
    readonly boot: string;
    readonly isEnabled: (unit: Unit) => boolean;
    /** The units that were there when svc began. */
    readonly first: ReadonlySet<string>;
    readonly onExcluded: (unit: string, by: string) => void;
  },
): readonly Fact[] {
  const { world, saved, boot } = about;
  // Where no boot is saved nothing is: then what runs tells what was wished.
  const rebooted = saved.boot !== "" && saved.boot !== boot;
  const begins = rebooted || saved.boot === "" || saved.stopped;
  const isEnabled = (unit: Unit): boolean => begins && about.first.has(unit.name) && about.isEnabled(unit);
  const facts: Fact[] = [];
  const up = new Set([...world.states].flatMap(([name, { wish }]) => (wish.want === "up" ? [name] : [])));
  for (const unit of world.units.values()) {
    const runs = ownOf(unit.name, seen)?.state === "running" && !rebooted;
    const isKnown = saved.units.has(unit.name) && !rebooted;
    // Commands are taken before the engine has been looked at; what they asked wins.
    const isAsked = stateOf(world, unit.name).wish.by === "operator";
    if (isKnown || isAsked || !(isEnabled(unit) || runs)) continue;
    const needed = withNeeds([unit.name], world.units).filter((name) => {
      const isStopped = saved.units.has(name) && !rebooted;
      return name !== unit.name && world.units.has(name) && !isStopped;
    });
    const coming = [unit.name, ...needed].filter((name) => !up.has(name));
    const excluded = coming.flatMap((name) => conflictsOf(name, world.units));
    const other = excluded.find((name) => up.has(name));
    if (!runs && other !== undefined) {
      about.onExcluded(unit.name, other);
      continue;
    }
    facts.push(wishUp(unit.name, "boot"));
    for (const name of needed) {
      const own = world.units.get(name);
      if (own && !isEnabled(own)) facts.push(wishUp(name, unit.name));
    }
    for (const name of [unit.name, ...needed]) up.add(name);
  }
  return facts;

  /** A container that runs already is taken as what is wished: its generation is. */
  function wishUp(unit: string, by: string): Fact {
    const generation = ownOf(unit, seen)?.generation ?? stateOf(world, unit).wish.generation;
    // A boot is nobody's word that what failed before it may be tried again.
    return { fact: "wished", unit, wish: { want: "up", by, generation }, anew: false };
  }
}

function ownOf(unit: string, seen: ReadonlyMap<string, SeenContainer>): SeenContainer["container"] | null {
  const container = seen.get(unit)?.container;
  return container?.unit === unit ? container : null;
}
