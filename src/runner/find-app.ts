import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SvcError } from "../svc-error.ts";
import { FileReader } from "../unit/file-reader.ts";
import { readApp } from "../unit/read-app.ts";
import type { UnitFolders } from "../unit/read-folder.ts";
import { similar } from "../unit/similar.ts";
import type { Unit } from "../unit/unit.ts";
import { allowedNames, isUnitName, unitNames } from "../unit/unit-folder.ts";
import type { UnitProblem } from "../unit/unit-problem.ts";

/** What stands in the app's files is wrong: every problem, with its place. */
export class AppProblems extends SvcError {
  readonly problems: readonly UnitProblem[];

  constructor(app: string, problems: readonly UnitProblem[]) {
    super("invalid-unit", `there are mistakes in the files of ${app}`);
    this.problems = problems;
  }
}

/** The unit APP, or what an env file of that name alone says. Of the other units only those are read that it needs. */
export async function findApp(app: string, folders: UnitFolders): Promise<Unit> {
  // A path would lead out of the folder of env files.
  if (!isUnitName(app))
    throw new SvcError("usage", `${JSON.stringify(app)} is no name of a unit or an app`, {
      hint: `${allowedNames}; svc list shows the units`,
    });
  if (await hasUnitFile(app, folders)) {
    // A host that has env files alone does without the readers of YAML.
    const { readUnits } = await import("../unit/read-units.ts");
    const { units, problems } = await readUnits(folders, { only: app });
    return units.find((unit) => unit.name === app) ?? throwProblems(app, problems);
  }
  const read = await readApp(app, folders);
  if (read) return read.unit ?? throwProblems(app, read.problems);
  throw new SvcError("unknown-unit", `there is no unit ${app} and no ${join(folders.defaultDir, app)}`, {
    hint: await nearHint(app, folders),
  });
}

async function hasUnitFile(app: string, { units }: UnitFolders): Promise<boolean> {
  if (app.endsWith("@")) return false;
  const files = [app, app.slice(0, app.indexOf("@") + 1)].filter(Boolean);
  const found = await Promise.all(files.map((name) => access(join(units, `${name}.yml`)).then(isSo, isNot)));
  return found.includes(true);
}

const isSo = (): boolean => true;
const isNot = (): boolean => false;

function throwProblems(app: string, problems: readonly UnitProblem[]): never {
  const own = problems.filter((problem) => problem.unit === app);
  throw new AppProblems(
    app,
    own.sort((one, other) => one.line - other.line || one.column - other.column),
  );
}

async function nearHint(app: string, folders: UnitFolders): Promise<string> {
  if (app.endsWith("@")) return `${app} is a template: name an instance, ${app}NAME`;
  const known = [...(await unitNames(folders.units)), ...(await imageFiles(folders.defaultDir))];
  const near = similar(app, known);
  if (near !== null) return `did you mean ${near}?`;
  return `write ${join(folders.defaultDir, app)} with IMAGE=NAME:TAG in it; svc list shows the units`;
}

/** Of the files in /etc/default, most belong to other programs; an app's names its image. */
async function imageFiles(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const text = await new FileReader().read(join(folder, name)).catch(() => "");
    if (/^\s*(?:export\s+)?IMAGE=/m.test(text)) names.push(name);
  }
  return names;
}
