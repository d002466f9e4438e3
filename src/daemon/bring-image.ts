import type { PullProgress } from "../control/request.ts";
import { EngineError } from "../engine/engine.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import type { Launch, Unit } from "../unit/unit.ts";
import type { Daemon } from "./context.ts";
import { pulled } from "./pulled.ts";

type Bringing = {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PullProgress) => void;
  /** A tag may have moved: what is here counts only where the registry cannot be had. */
  readonly anew?: boolean;
};

/**
 * What runs is not given up for an image that cannot be had: it is brought before anything is touched. As with any pull the units
 * that it is for say of which platform, whether at all, and how long it may take.
 */
export async function bringImage(
  image: string,
  units: readonly Unit[],
  { signal, onProgress, anew = false }: Bringing,
  { engine, clock, events }: Pick<Daemon, "engine" | "clock" | "events">,
): Promise<void> {
  const isHere = (await engine.image(image)) !== null;
  if (isHere && (!anew || isNeverPulled(units))) return;
  refuseNeverPulled(image, units);
  const beganAt = clock.now();
  const late = new AbortController();
  const timeoutMs = Math.max(...units.map(({ pullTimeoutMs }) => pullTimeoutMs));
  const cancel = clock.after(timeoutMs, () => late.abort());
  const platform = launchesOf(units)[0]?.create.platform ?? null;
  try {
    await engine.pull(image, { abort: AbortSignal.any([signal, late.signal]), platform, onProgress });
    const [first] = units;
    // A look whether the tag has moved is no measure of a pull.
    if (first && !isHere) events.add(pulled(first.name, image, Math.round(clock.now() - beganAt)));
  } catch (error) {
    if (isHere) return;
    throw cannotPull(image, units, late.signal.aborted ? "it took longer than pull_timeout" : error);
  } finally {
    cancel();
  }
}

/** Of an image that is not here. */
export function refuseNeverPulled(image: string, units: readonly Unit[]): void {
  if (!isNeverPulled(units)) return;
  const message = `${image} is not on this host, and is never pulled for ${namesOf(units)}`;
  throw new SvcError("no-such-image", message, {
    hint: "nothing was touched; docker load or build it, or set another pull_policy",
  });
}

function isNeverPulled(units: readonly Unit[]): boolean {
  const launches = launchesOf(units);
  return launches.length > 0 && launches.every(({ pull }) => pull === "never");
}

function launchesOf(units: readonly Unit[]): readonly Launch[] {
  return units.flatMap(({ launch }) => (launch.ok ? [launch] : []));
}

/** Where the registry has no such image asking again does not help. */
function cannotPull(image: string, units: readonly Unit[], cause: unknown): SvcError {
  const isMissing = cause instanceof EngineError && cause.status === 404;
  const message = `cannot pull ${image} for ${namesOf(units)}: ${messageOf(cause)}`;
  return new SvcError(isMissing ? "no-such-image" : "pull-failed", message, {
    hint: "nothing was touched; check the tag and the registry, then try again",
    cause,
  });
}

function namesOf(units: readonly Unit[]): string {
  return units.map(({ name }) => name).join(", ");
}
