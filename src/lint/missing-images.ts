import type { UnitProblem } from "../unit/unit-problem.ts";
import { type Linted, warning } from "./lint.ts";

/** Somebody waits at a terminal, or a CI job without an engine does. */
const impatient = { pingMs: 2_000, shortMs: 5_000, longMs: 5_000, pullSilenceMs: 5_000 };

/** Images that are not on this host, a line each: they are pulled at the start, or, with pull_policy never, there is none. Null: no engine. */
export async function missingImages(all: readonly Linted[]): Promise<readonly UnitProblem[] | null> {
  const names = [...new Set(all.flatMap(({ unit: { launch } }) => (launch.ok ? [launch.image] : [])))];
  const { dockerEngine } = await import("../engine/docker/docker-engine.ts");
  try {
    const engine = dockerEngine({ deadlines: impatient });
    const found = new Map(await Promise.all(names.map(async (name) => [name, await engine.image(name)] as const)));
    const missing = all.filter(({ unit: { launch } }) => launch.ok && !found.get(launch.image));
    return [...Map.groupBy(missing, alike).values()].flatMap(tellMissing);
  } catch {
    // That it does not answer is told by who asked; why it does not, by svc doctor.
    return null;
  }
}

function alike({ unit: { launch } }: Linted): string {
  return launch.ok ? `${launch.pull === "never"} ${launch.image}` : "";
}

/** Units with one image, and one rule of how it comes here. */
export function tellMissing(units: readonly Linted[]): readonly UnitProblem[] {
  const [first] = units;
  if (!first?.unit.launch.ok) return [];
  const { image, pull } = first.unit.launch;
  const names = units.map(({ unit }) => unit.name);
  const whose = names.length === 1 ? `its image ${image}` : `the image ${image} of ${listed(names)}`;
  const never = pull === "never";
  const message = `${whose} is not on this host${never ? ", and is never pulled" : ""}`;
  const hint = never ? `docker load or build it: ${image}` : `it is pulled at the start; now: docker pull ${image}`;
  return [warning(first, { code: "missing-image", key: "image", message, hint })];
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
