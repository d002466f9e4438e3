import type { UnitProblem } from "../unit/unit-problem.ts";
import { type Linted, warning } from "./lint.ts";

/** Somebody waits at a terminal, or a CI job without an engine does. */
const impatient = { pingMs: 2_000, shortMs: 5_000, longMs: 5_000, pullSilenceMs: 5_000 };

/** Images that are not on this host: they are pulled at the start, or, with pull_policy never, there is none. Null: no engine. */
export async function missingImages(all: readonly Linted[]): Promise<readonly UnitProblem[] | null> {
  const names = [...new Set(all.flatMap(({ unit: { launch } }) => (launch.ok ? [launch.image] : [])))];
  const { dockerEngine } = await import("../engine/docker/docker-engine.ts");
  const engine = dockerEngine({ deadlines: impatient });
  try {
    const found = new Map(await Promise.all(names.map(async (name) => [name, await engine.image(name)] as const)));
    return all.flatMap((one) => {
      const { launch } = one.unit;
      if (!launch.ok || found.get(launch.image)) return [];
      const never = launch.pull === "never";
      const message = `its image ${launch.image} is not on this host${never ? ", and is never pulled" : ""}`;
      const hint = never
        ? `docker load or build it: ${launch.image}`
        : `it is pulled at the start; now: docker pull ${launch.image}`;
      return [warning(one, { code: "missing-image", key: "image", message, hint })];
    });
  } catch {
    // That it does not answer is told by who asked; why it does not, by svc doctor.
    return null;
  }
}
