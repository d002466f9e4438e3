import type { Obstacle } from "./obstacle.ts";
import type { PlacedPorts } from "./placed-ports.ts";
import { type FolderOptions, type FolderRead, type InvalidUnit, readFolder, type UnitFolders } from "./read-folder.ts";
import { type PlacedUnit, relate, withoutItself } from "./relations/relations.ts";
import type { Unit } from "./unit.ts";
import { byPlace, type PlaceInFile, type UnitProblem } from "./unit-problem.ts";

export type UnitsRead = Pick<FolderRead, "templates" | "files"> & {
  readonly units: readonly Unit[];
  readonly problems: readonly UnitProblem[];
  readonly invalid: readonly InvalidUnit[];
  /** Where a unit, valid or not, says that it needs another, or starts after it: by its name, and by the name that it says. */
  readonly ties: ReadonlyMap<string, ReadonlyMap<string, PlaceInFile>>;
  /** Those of `invalid` whose files are right by themselves. */
  readonly rejected: readonly Unit[];
  /** By the names of units, valid or not. */
  readonly ports: ReadonlyMap<string, readonly PlacedPorts[]>;
  readonly obstacles: ReadonlyMap<string, readonly Obstacle[]>;
};

/**
 * Every unit of the folder sorted by name, and every problem, sorted by place. A file that is wrong makes its own unit invalid
 * and no other.
 */
export async function readUnits(
  folders: UnitFolders,
  options: Omit<FolderOptions, "unchanged"> = {},
): Promise<UnitsRead> {
  return relateUnits(await readFolder(folders, options));
}

export function relateUnits({ reads, templates, files, problems }: FolderRead): UnitsRead {
  const units: PlacedUnit[] = [];
  const wrong: PlacedUnit<InvalidUnit>[] = [];
  for (const { outcome } of reads.values()) {
    if (outcome.isValid) units.push(outcome);
    else wrong.push(outcome);
  }
  units.sort((one, other) => (one.unit.name < other.unit.name ? -1 : 1));
  const related = relate(units, wrong);
  const ofUnits = [...reads.values()].flatMap((read) => read.problems);
  return {
    units: related.units,
    problems: [...ofUnits, ...problems, ...related.problems].sort(byPlace),
    templates,
    invalid: [...wrong.map(({ unit }) => withoutItself(unit)), ...related.rejected],
    ties: new Map([...reads].map(([name, read]) => [name, read.ties])),
    rejected: related.rejected,
    ports: new Map([...reads].map(([name, read]) => [name, read.ports])),
    obstacles: new Map([...reads].map(([name, read]) => [name, read.obstacles])),
    files,
  };
}
