import { SvcError } from "../../svc-error.ts";
import { similar } from "../../unit/similar.ts";
import type { Unit } from "../../unit/unit.ts";
import { noUnit } from "../../unit/unit-folder.ts";
import { errorsAmong, type UnitProblem } from "../../unit/unit-problem.ts";
import type { Daemon } from "../context.ts";
import { wrongFiles } from "../wrong-files.ts";

/** The names, each checked: all that are wrong are told at once, and nothing is done. Instances of templates come to be here. */
export async function nameUnits(
  names: readonly string[],
  daemon: Daemon,
  allow: { readonly invalid?: boolean } = {},
): Promise<readonly string[]> {
  const { source, supervisor } = daemon;
  const isNewInstance = names.some((name) => name.includes("@") && !supervisor.world.units.has(name));
  if (isNewInstance) {
    source.addInstances(names);
    await source.read();
  }
  const unknown = names.filter((name) => !supervisor.world.units.has(name) && !source.now.invalid.has(name));
  const [first] = unknown;
  if (first !== undefined && unknown.length === 1) throw unknownUnit(first, daemon);
  if (unknown.length > 1) {
    throw new SvcError("unknown-unit", `there are no units ${unknown.join(", ")}`, {
      hint: "svc list shows all units",
    });
  }
  const invalid = names.filter((name) => source.now.invalid.has(name) && !supervisor.world.units.has(name));
  if (invalid.length > 0 && !allow.invalid) throw invalidUnits(invalid, daemon);
  return [...new Set(names)];
}

/** The unit files are read anew and must be right: a start takes what the disk says, or does nothing. */
export async function readValid(asked: readonly string[], daemon: Daemon): Promise<readonly Unit[]> {
  daemon.source.addInstances(asked);
  const { invalid } = await daemon.source.read();
  const names = await nameUnits(asked, daemon);
  const gone = names.filter((name) => !daemon.source.now.units.has(name) && !invalid.has(name));
  if (gone.length > 0) {
    throw new SvcError("missing-file", `the unit file of ${gone.join(", ")} is gone`, {
      hint: "nothing was touched; write it again, or stop what still runs",
    });
  }
  const wrong = names.filter((name) => invalid.has(name));
  if (wrong.length > 0) throw invalidUnits(wrong, daemon);
  const units = names.map((name) => daemon.supervisor.world.units.get(name)).filter((unit) => unit !== undefined);
  const cannot = units.filter((unit) => !unit.launch.ok);
  const [first] = cannot;
  if (first && !first.launch.ok) {
    const all = cannot.map((unit) => `${unit.name}: ${unit.launch.ok ? "" : unit.launch.message}`).join("; ");
    throw new SvcError(codeOf(first.launch.code), all, { hint: first.launch.hint });
  }
  refuseUnmeetable(units, daemon);
  return units;
}

/** What is told as an error of a valid unit, a need that is not there: it would wait for ever. So would what requires such a one. */
export function refuseUnmeetable(units: readonly Unit[], daemon: Daemon): void {
  const { source } = daemon;
  const required = units.flatMap(({ needs }) => needs.filter((need) => need.required).map((need) => need.unit));
  const isInTheWay = (name: string): boolean => source.now.invalid.has(name) && !source.now.units.has(name);
  const wrong = [
    ...units.filter(
      ({ name, launch }) => launch.ok && !source.now.invalid.has(name) && errorsOf(name, daemon).length > 0,
    ),
    ...[...new Set(required)].filter(isInTheWay),
  ].map((one) => (typeof one === "string" ? one : one.name));
  if (wrong.length > 0) throw invalidUnits(wrong, daemon);
}

function errorsOf(name: string, { source }: Daemon): readonly UnitProblem[] {
  return errorsAmong(source.now.problems).filter(({ unit }) => unit === name);
}

export function unknownUnit(name: string, daemon: Daemon): SvcError {
  if (daemon.source.now.templates.includes(name)) return noUnit(name);
  const template = name.includes("@") ? name.slice(0, name.indexOf("@") + 1) : null;
  if (template !== null && daemon.source.now.templates.includes(template)) {
    return new SvcError("unknown-unit", `there can be no unit ${JSON.stringify(name)}`, {
      hint: "what stands after the @ begins with a letter or digit, and has letters, digits, _ . and - only",
    });
  }
  const known = [...daemon.supervisor.world.units.keys()];
  const near = similar(name, known);
  const hint = near ? `did you mean ${near}?` : "svc list shows all units";
  return new SvcError("unknown-unit", `there is no unit ${name}`, { hint });
}

function invalidUnits(names: readonly string[], daemon: Daemon): SvcError {
  const { invalid, units } = daemon.source.now;
  const wrong = names.map(
    (name) => invalid.get(name) ?? { file: units.get(name)?.file ?? "", problems: errorsOf(name, daemon) },
  );
  const problems = wrong.flatMap((one) => one.problems);
  const [only] = wrong;
  const words =
    only && wrong.length === 1
      ? wrongFiles(only, `the unit file of ${names[0]}`)
      : `the files of ${names.join(", ")} have errors`;
  const error = new SvcError("invalid-unit", words, {
    hint: "nothing was touched; mend them and check with: svc check",
  });
  return Object.assign(error, { problems });
}

function codeOf(code: string): "missing-image" | "missing-tag" | "missing-file" | "invalid-unit" {
  return code === "missing-image" || code === "missing-tag" || code === "missing-file" ? code : "invalid-unit";
}
