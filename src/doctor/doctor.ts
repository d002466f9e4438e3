import { dockerEngine } from "../engine/docker/docker-engine.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import { readUnits } from "../unit/read-units.ts";
import { lookAtClock } from "./clock.ts";
import { askDaemon, lookAtDaemon } from "./daemon.ts";
import { lookAtDisks } from "./disks.ts";
import { lookAtEngine } from "./engine.ts";
import { bad, type Finding, type Host } from "./finding.ts";
import { lookAtLeftovers } from "./leftovers.ts";
import { lookAtPermissions } from "./permissions.ts";
import { lookAtUnitFiles } from "./unit-files.ts";

/** Somebody waits at a terminal. */
const impatient = { pingMs: 2_000, shortMs: 5_000, longMs: 10_000, pullSilenceMs: 5_000 };

/** Looks at the host as svc needs it; changes nothing. A look that fails is a finding too. */
export async function doctor({
  places: configured,
  version,
}: Pick<Host, "places" | "version">): Promise<readonly Finding[]> {
  const daemon = await askDaemon(configured.socket);
  // What the daemon that answers was told on its command line is known to it alone.
  const places = { ...configured, ...(daemon instanceof SvcError ? {} : daemon.folders) };
  const reached = await reachEngine().catch((problem: unknown) => ({ engine: null, info: null, problem }));
  const host: Host = { places, version, daemon, ...reached, units: await readUnits(places) };
  const looks = [
    () => lookAtEngine(host),
    () => lookAtDaemon(host),
    () => lookAtUnitFiles(host),
    () => lookAtDisks(host),
    () => lookAtPermissions(host),
    () => lookAtClock(host),
    () => lookAtLeftovers(host),
  ];
  const all = await Promise.all(
    looks.map((look) => look().catch((error: unknown): readonly Finding[] => [bad("doctor", messageOf(error), null)])),
  );
  return all.flat();
}

async function reachEngine(): Promise<Pick<Host, "engine" | "info" | "problem">> {
  const engine = dockerEngine({ deadlines: impatient });
  return { engine, info: await engine.info(), problem: null };
}
