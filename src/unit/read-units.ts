import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { buildUnit } from "./build-unit.ts";
import type { Need, Unit } from "./unit.ts";
import { readUnitFile } from "./unit-file.ts";
import type { UnitProblem } from "./unit-problem.ts";

export type UnitFolders = { readonly units: string; readonly defaultDir: string; readonly wwwDir: string };

export type UnitsRead = {
  readonly units: readonly Unit[];
  readonly problems: readonly UnitProblem[];
  /** `worker@` for worker@.yml. */
  readonly templates: readonly string[];
  readonly invalid: readonly { readonly name: string; readonly file: string }[];
};

/**
 * Every unit of the folder and every problem, sorted by name. Templates make an instance for each name in `instances` and for
 * each that another unit needs. A file that is wrong makes its own unit invalid and no other. With `only`, that unit and those
 * it needs are read and no others.
 */
export async function readUnits(
  folders: UnitFolders,
  options: { readonly instances?: readonly string[]; readonly only?: string } = {},
): Promise<UnitsRead> {
  const problems: UnitProblem[] = [];
  const files = await unitFiles(folders.units, problems);
  const units = new Map<string, Unit>();
  const invalid = new Map<string, string>();
  const templates = new Set(files.filter((name) => name.endsWith("@")));
  const all = [...files.filter((name) => !name.endsWith("@")), ...(options.instances ?? [])];
  const wanted = options.only === undefined ? all : [options.only];
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    const template = name.slice(0, name.indexOf("@") + 1);
    if (units.has(name) || invalid.has(name)) continue;
    if (!files.includes(name) && !templates.has(template)) continue;
    const file = join(folders.units, `${files.includes(name) ? name : template}.yml`);
    const unit = await readOne(name, file);
    if (unit) units.set(name, unit);
    else invalid.set(name, file);
    const needed = unit?.needs.map((need) => need.unit) ?? [];
    wanted.push(...(name === options.only ? needed : needed.filter((one) => one.includes("@") && !options.only)));
  }
  const sorted = [...units.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const { valid, rejected } = relate(sorted, problems, new Set(invalid.keys()));
  for (const unit of rejected) invalid.set(unit.name, unit.file);
  return {
    units: valid,
    problems,
    templates: [...templates],
    invalid: [...invalid].map(([name, file]) => ({ name, file })),
  };

  async function readOne(name: string, file: string): Promise<Unit | null> {
    const read = readUnitFile(name, file, await readFile(file, "utf8").catch((error: Error) => error));
    problems.push(...read.problems);
    if (!read.keys) return null;
    const built = await buildUnit({ name, file, keys: read.keys, place: read.place, folders });
    problems.push(...built.problems);
    return built.unit;
  }
}

/** Names of the `*.yml` files. What editors leave behind is passed over; `.yaml` is a likely mistake and is told. */
async function unitFiles(folder: string, problems: UnitProblem[]): Promise<readonly string[]> {
  let all: readonly string[];
  try {
    all = await readdir(folder);
  } catch {
    problems.push(
      problemAt(
        folder,
        "no-unit-folder",
        "warning",
        "there is no folder of unit files here",
        "make it, and put NAME.yml files there",
      ),
    );
    return [];
  }
  for (const name of all) {
    if (!name.endsWith(".yaml") || name.startsWith(".")) continue;
    problems.push(
      problemAt(
        join(folder, name),
        "file-name",
        "warning",
        "files that end in .yaml are not read",
        `mv ${name} ${name.replace(/yaml$/, "yml")}`,
      ),
    );
  }
  return all
    .filter((name) => /^[A-Za-z0-9][A-Za-z0-9_.-]*@?[A-Za-z0-9_.-]*\.yml$/.test(name))
    .map((name) => name.slice(0, -".yml".length))
    .sort();
}

/** What holds between units: container names are single, needs name units that are there, `before` is somebody's `after`. */
function relate(
  all: readonly Unit[],
  problems: UnitProblem[],
  invalid: ReadonlySet<string>,
): { valid: Unit[]; rejected: Unit[] } {
  const byContainer = new Map<string, Unit>();
  const valid: Unit[] = [];
  const rejected: Unit[] = [];
  for (const unit of all) {
    const other = byContainer.get(unit.container);
    if (other) {
      const message = `its container's name ${unit.container} is that of ${other.name} too`;
      problems.push({
        ...problemAt(unit.file, "conflicting-units", "error", message, "set container_name in one of them"),
        unit: unit.name,
      });
      rejected.push(unit);
      continue;
    }
    byContainer.set(unit.container, unit);
    valid.push(unit);
  }
  const names = new Set([...all.map((unit) => unit.name), ...invalid]);
  const related = valid.map((unit) => {
    const needs: Need[] = [];
    for (const need of unit.needs) {
      const target = names.has(need.unit) ? need.unit : byContainer.get(need.unit)?.name;
      if (target === unit.name) continue;
      if (target !== undefined) {
        const at = needs.findIndex((known) => known.unit === target);
        if (at < 0) needs.push({ ...need, unit: target });
        else needs[at] = stronger(needs[at] ?? need, { ...need, unit: target });
        continue;
      }
      const known = [...names];
      const near = known.length > 0 ? closest(need.unit, known) : "";
      const hint =
        near && distance(near, need.unit) <= 2 ? `did you mean ${near}?` : `write ${need.unit}.yml, or take it out`;
      const foreign = need.from !== "depends_on" && need.from !== "wants";
      const message = foreign
        ? `${need.from}: ${need.unit} is no unit; svc will not start it`
        : `${need.from}: there is no unit ${need.unit}`;
      const severity = foreign || !need.required ? "warning" : "error";
      problems.push({ ...problemAt(unit.file, "unknown-unit", severity, message, hint), unit: unit.name });
      if (severity === "error") needs.push(need);
    }
    const afters = valid.filter((other) => other.before.includes(unit.name)).map((other) => other.name);
    return {
      ...unit,
      launch: byContainerName(unit.launch, valid),
      needs,
      after: [...new Set([...unit.after, ...afters])],
    };
  });
  return { valid: related, rejected };
}

/** The engine knows containers, not units: a link to a unit whose container has another name is sent with that, and keeps its alias. */
function byContainerName(launch: Unit["launch"], all: readonly Unit[]): Unit["launch"] {
  if (!launch.ok) return launch;
  const { body } = launch.create;
  const host = body.HostConfig;
  const nameOf = (unit: string): string => all.find((one) => one.name === unit)?.container ?? unit;
  const { Links, NetworkMode } = host ?? {};
  const links = Array.isArray(Links) ? { Links: Links.map((link) => linkByContainer(String(link), nameOf)) } : {};
  const shared = /^container:(.+)$/.exec(String(NetworkMode ?? ""))?.[1];
  const network = shared === undefined ? {} : { NetworkMode: `container:${nameOf(shared)}` };
  const HostConfig = { ...host, ...links, ...network };
  return { ...launch, create: { ...launch.create, body: host ? { ...body, HostConfig } : body } };
}

function linkByContainer(link: string, nameOf: (unit: string) => string): string {
  const [target = "", alias] = link.replace(/^\//, "").split(":");
  const container = nameOf(target);
  return container === target ? link : `${container}:${alias ?? target}`;
}

function stronger(a: Need, b: Need): Need {
  return {
    ...a,
    required: a.required || b.required,
    binds: a.binds || b.binds,
    onLoss: a.onLoss === "keep" ? b.onLoss : a.onLoss,
  };
}

function problemAt(
  file: string,
  code: string,
  severity: "error" | "warning",
  message: string,
  hint: string,
): UnitProblem {
  return { unit: null, severity, code, file, line: 1, column: 1, length: 0, message, hint, source: "" };
}
