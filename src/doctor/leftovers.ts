import type { ContainerSummary } from "../engine/engine.ts";
import { type Finding, type Host, ok, warn } from "./finding.ts";

/** Containers that carry svc's labels and that nobody looks after any more, and those that would come back against svc's will. */
export async function lookAtLeftovers({ engine, info, units }: Host): Promise<readonly Finding[]> {
  if (!info) return [];
  const all = await engine.list();
  const names = new Set([
    ...units.units.map(({ name }) => name),
    ...units.invalid.map(({ name }) => name),
    ...units.templates,
  ]);
  const findings = [
    ...all.filter((one) => isOrphan(one, names)).map((one) => orphan(one)),
    ...all.filter(({ labels, state }) => labels["svc.unit"] !== undefined && state === "created").map(stuck),
  ];
  for (const unit of units.units) {
    const same = all.filter(({ labels, state }) => labels["svc.unit"] === unit.name && state === "running");
    // One that hands over has two for as long as the old one has clients.
    if (same.length < (unit.update === "start-first" ? 3 : 2)) continue;
    const extra = same.slice(1).map(({ name }) => name);
    findings.push(
      warn("leftovers", `${unit.name} has ${same.length} containers that run`, `docker rm -f ${extra.join(" ")}`),
    );
  }
  return findings.length > 0 ? findings : [ok("leftovers", "no container of svc's is without a unit")];
}

function isOrphan({ labels }: ContainerSummary, names: ReadonlySet<string>): boolean {
  const unit = labels["svc.unit"];
  // Of a template any instance may run.
  return unit !== undefined && !names.has(unit) && !names.has(unit.replace(/(?<=@).*/, ""));
}

function orphan({ name, labels, state }: ContainerSummary): Finding {
  const found = `container ${name} (${state}) is of unit ${labels["svc.unit"]}, which has no unit file`;
  return warn("leftovers", found, `docker rm -f ${name}, or write ${labels["svc.unit"]}.yml again`);
}

function stuck({ name, labels }: ContainerSummary): Finding {
  const found = `container ${name} of ${labels["svc.unit"]} was made and never started`;
  return warn("leftovers", found, `svc restart ${labels["svc.unit"]}`);
}
