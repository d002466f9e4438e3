import { FileReader } from "../unit/file-reader.ts";
import type { Obstacle } from "../unit/obstacle.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import type { Unit } from "../unit/unit.ts";
import { readUnitFile } from "../unit/unit-file.ts";
import { isSamePlace, type UnitProblem, wholeFile } from "../unit/unit-problem.ts";
import type { Place } from "../unit/yaml-text.ts";
import { circles } from "./circles.ts";
import { clashingPorts } from "./clashing-ports.ts";
import { excludedAtBoot } from "./excluded-at-boot.ts";
import { legacyLinks } from "./legacy-links.ts";
import { missingImages } from "./missing-images.ts";
import { secretsInEnvFiles, secretsInUnitFiles } from "./readable-secrets.ts";

/** A unit as lint sees it: with the text of its file. */
export type Linted = { readonly unit: Unit; readonly text: string; readonly place: Place };

export type Lint = {
  readonly problems: readonly UnitProblem[];
  /** The engine did not answer: images were not looked at. */
  readonly withoutEngine: boolean;
};

export type LintOptions = {
  readonly withEngine: boolean;
  /** Whether it is asked about this unit; the others are there for what it has to do with them. */
  readonly concerns: (unit: string) => boolean;
  /** Where env files are that no unit names. */
  readonly defaultDir: string;
};

/** What is right by the grammar, and likely a mistake or a trap all the same. */
export async function lint(read: UnitsRead, { withEngine, concerns, defaultDir }: LintOptions): Promise<Lint> {
  const known = [...read.units, ...read.rejected].filter(({ name }) => concerns(name));
  const asked = await Promise.all(known.map(lintedOf));
  const images = withEngine ? await missingImages(asked) : null;
  const problems = [
    ...circles(read, concerns),
    ...cannotStart(read, concerns),
    ...clashingPorts(read, concerns),
    ...excludedAtBoot(read, concerns),
    ...legacyLinks(asked),
    ...(await secretsInUnitFiles(read, { concerns, defaultDir })),
    ...(await secretsInEnvFiles(read, concerns)),
    ...(images ?? []),
  ];
  return { problems, withoutEngine: images === null };
}

async function lintedOf(unit: Unit): Promise<Linted> {
  const text = await new FileReader().read(unit.file).catch(() => "");
  return { unit, text, place: readUnitFile(unit.name, unit.file, text).place };
}

/** A warning of a unit, at a key if the file has that one: it may come from OPTS. */
export function warning(
  { unit, text, place }: Linted,
  about: { readonly code: string; readonly key: string | null; readonly message: string; readonly hint: string },
): UnitProblem {
  const { code, key, message, hint } = about;
  const at = key !== null && new RegExp(`^${key}\\s*:`, "m").test(text) ? place([key], "value") : wholeFile(unit.file);
  return { unit: unit.name, severity: "warning", code, ...at, message, hint };
}

/**
 * Its files say what cannot be launched: an image without a tag, an env file that is not there. Of a TAG file its reader tells, and
 * of what is wrong the error.
 */
function cannotStart({ obstacles, problems }: UnitsRead, concerns: LintOptions["concerns"]): readonly UnitProblem[] {
  const errors = problems.filter(({ severity }) => severity === "error");
  return [...obstacles].flatMap(([unit, all]) => {
    const isTold = (one: Obstacle) =>
      one.code === "invalid-tag-file" || errors.some((error) => isSamePlace(error, one));
    const told = concerns(unit) ? all.filter((one) => !isTold(one)) : [];
    return told.map((one) => ({
      ...one,
      unit,
      severity: "warning" as const,
      message: `it cannot start: ${one.message}`,
    }));
  });
}
