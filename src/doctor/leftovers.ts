import type { ContainerStateName, ContainerSummary } from "../engine/engine.ts";
import type { UnitsRead } from "../unit/read-units.ts";
import { type Finding, type Host, ok, warn } from "./finding.ts";
import { folderProblem } from "./unit-files.ts";

/** Containers that carry svc's labels and that nobody looks after any more, and those that would come back against svc's will. */
export async function lookAtLeftovers({ engine, units }: Host): Promise<readonly Finding[]> {
  // Without the unit files every container would look like one that nobody wants.
  if (!engine || folderProblem(units)) return [];
  return leftoversOf(await engine.list(), units);
}

/** No remedy may end what runs without a look: another daemon on this engine has the same labels. */
export function leftoversOf(
  all: readonly ContainerSummary[],
  units: Pick<UnitsRead, "units" | "invalid" | "templates">,
): readonly Finding[] {
  const names = new Set([...[...units.units, ...units.invalid].map(({ name }) => name), ...units.templates]);
  const ours = all.filter(({ labels }) => labels["svc.unit"] !== undefined);
  const findings = [
    ...ours.filter((one) => !isOf(one, names)).map(orphan),
    ...ours.filter((one) => isOf(one, names) && one.state === "created").map(stuck),
  ];
  for (const unit of units.units) {
    const same = ours.filter(({ labels, state }) => labels["svc.unit"] === unit.name && state === "running");
    // One that hands over has two for as long as the old one has clients.
    if (same.length < (unit.update === "start-first" ? 3 : 2)) continue;
    const running = same.map(({ name }) => name);
    const found = `${unit.name} has ${same.length} containers that run: ${running.join(", ")}`;
    const remedy = `see which is another's: docker inspect ${running.join(" ")}; stop that one: docker stop NAME`;
    findings.push(warn("leftovers", found, remedy));
  }
  return findings.length > 0 ? findings : [ok("leftovers", "no container of svc's is without a unit")];
}

function isOf({ labels }: ContainerSummary, names: ReadonlySet<string>): boolean {
  const unit = labels["svc.unit"] ?? "";
  // Of a template any instance may run.
  return names.has(unit) || names.has(unit.replace(/(?<=@).*/, ""));
}

const ended: readonly ContainerStateName[] = ["created", "exited", "dead", "removing"];

function orphan({ name, labels, state }: ContainerSummary): Finding {
  const unit = labels["svc.unit"];
  const found = `container ${name} (${state}) is of unit ${unit}, which has no unit file here`;
  const remedy = ended.includes(state)
    ? `docker rm -v ${name}, or write ${unit}.yml again`
    : `ask first who needs it: another svc daemon may supervise it. To have it here: svc import --from-container ${name}; if nobody needs it: docker stop ${name}`;
  return warn("leftovers", found, remedy);
}

function stuck({ name, labels }: ContainerSummary): Finding {
  const found = `container ${name} of ${labels["svc.unit"]} was made and never started`;
  return warn("leftovers", found, `svc restart ${labels["svc.unit"]}`);
}
