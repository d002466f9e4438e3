import { readFile, stat } from "node:fs/promises";
import { findCycles } from "../graph/cycles.ts";
import type { Unit } from "../unit/unit.ts";
import { readUnitFile } from "../unit/unit-file.ts";
import { type UnitProblem, wholeFile } from "../unit/unit-problem.ts";
import type { Place } from "../unit/yaml-text.ts";
import { clashingPorts } from "./clashing-ports.ts";
import { legacyLinks } from "./legacy-links.ts";
import { missingImages } from "./missing-images.ts";
import { readableSecrets } from "./readable-secrets.ts";

/** A unit as lint sees it: with the text of its file, and who may read it. */
export type Linted = { readonly unit: Unit; readonly text: string; readonly mode: number; readonly place: Place };

export type Lint = {
  readonly problems: readonly UnitProblem[];
  /** The engine did not answer: images were not looked at. */
  readonly withoutEngine: boolean;
};

/** What is right by the grammar, and likely a mistake or a trap all the same. */
export async function lint(units: readonly Unit[], withEngine: boolean): Promise<Lint> {
  const all = await Promise.all(units.map(lintedOf));
  const images = withEngine ? await missingImages(all) : null;
  const problems = [
    ...cycles(units),
    ...cannotStart(all),
    ...clashingPorts(all),
    ...legacyLinks(all),
    ...(await readableSecrets(all)),
    ...(images ?? []),
  ];
  return { problems, withoutEngine: images === null };
}

async function lintedOf(unit: Unit): Promise<Linted> {
  const text = await readFile(unit.file, "utf8").catch(() => "");
  const mode = await stat(unit.file).then(
    (found) => found.mode & 0o777,
    () => 0,
  );
  return { unit, text, mode, place: readUnitFile(unit.name, unit.file, text).place };
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

/** Units in a circle are invalid, and nothing of the circle starts. */
function cycles(units: readonly Unit[]): readonly UnitProblem[] {
  return findCycles(units).map((cycle) => {
    const first = units.find(({ name }) => name === cycle[0]);
    return {
      unit: cycle[0] ?? null,
      severity: "error",
      code: "dependency-cycle",
      ...wholeFile(first?.file ?? ""),
      message: `units need each other in a circle: ${[...cycle, cycle[0]].join(" -> ")}`,
      hint: "take one of these needs away; for order alone use after",
    };
  });
}

/** Its files say what cannot be launched: an image without a tag, an env file that is not there. */
function cannotStart(all: readonly Linted[]): readonly UnitProblem[] {
  return all.flatMap((one) => {
    const { launch } = one.unit;
    if (launch.ok) return [];
    const { code, message, hint } = launch;
    return [warning(one, { code, key: null, message: `it cannot start: ${message}`, hint })];
  });
}
