import type { Cause, UnitStatus } from "../../control/request.ts";
import { stateOf, type World } from "../../plan/world.ts";
import type { Launch, Unit } from "../../unit/unit.ts";
import type { Witness } from "./why.ts";

/** The command that helps next with a unit that is as it is; null: none is needed. */
export async function hintFor(
  status: UnitStatus,
  { change }: Pick<Cause, "change">,
  { world, check, canRevert }: Pick<Witness, "world" | "check" | "canRevert">,
): Promise<string | null> {
  const { name, phase, wanted, stale, logProblem, lastExit, badTag } = status;
  const unit = world.units.get(name);
  const image = unit ? imageHint(unit, world) : null;
  const mendingNow = mending(status, unit, check);
  switch (phase) {
    case "down":
    case "done":
      return mendingNow ?? `svc start ${name}`;
    case "failed":
    case "backoff":
      if (badTag) return badTagHint(name, badTag, await canRevert(name));
      if (change && !mendingNow)
        return `svc logs -n 50 ${name}; mend it or put the change back, then: svc restart ${name}`;
      return (
        mendingNow ??
        image ??
        (lastExit ? `svc logs -n 50 ${name}; then: svc start ${name}` : `mend it, then: svc start ${name}`)
      );
    case "invalid":
      return check;
    case "degraded":
      return pauseHint(name, world) ?? mendingNow ?? nextImageHint(unit, world) ?? `svc logs -n 50 ${name}`;
    case "up":
      if (stale.length > 0) return mendingNow ?? `svc restart ${name}`;
      return logProblem === null ? null : "svc doctor";
    case "waiting":
      return wanted === "down" ? null : (mendingNow ?? image ?? `svc wait ${name}`);
    case "pulling":
    case "starting":
    case "stopping":
      return `svc events -f ${name}`;
    default:
      return phase satisfies never;
  }
}

/** What svc check, which reads the files alone, does not tell of. */
const ownHints = new Set(["missing-unit-file", "missing-tag"]);

/** A start or restart would be refused; null: it would not be. */
function mending({ name, phase, refused }: UnitStatus, unit: Unit | undefined, check: string): string | null {
  if (refused === null) return null;
  const launch = unit?.launch;
  if (launch && !launch.ok && ownHints.has(launch.code)) return launch.hint;
  return `${check}; mend it, then: svc ${phase === "up" || phase === "degraded" ? "restart" : "start"} ${name}`;
}

function badTagHint(name: string, { app, tag, former }: NonNullable<UnitStatus["badTag"]>, canRevert: boolean): string {
  const back = canRevert
    ? `svc revert ${app} puts REVERT back`
    : `svc deploy ${app} ${former} puts the tag before it back`;
  return `${back}; svc start ${name} tries ${tag} again`;
}

function pauseHint(name: string, world: World): string | null {
  const { container } = stateOf(world, name);
  return container?.state === "paused" ? `docker unpause ${container.name}` : null;
}

/** Its image cannot be had: waiting for it does not help; null: that is not what is wrong. */
function imageHint({ name, launch, file, tagFile }: Unit, world: World): string | null {
  const { trouble, missingImage } = stateOf(world, name);
  if (!launch.ok || !trouble) return null;
  if (trouble.kind !== "pull-failed" && missingImage !== launch.image && launch.pull !== "never") return null;
  return `${waysToImage(launch, { file, tagFile })}; then: svc start ${name}`;
}

/** It runs, and would be replaced if the image of the next one could be had; that is tried again and again. */
function nextImageHint(unit: Unit | undefined, world: World): string | null {
  if (!unit?.launch.ok || stateOf(world, unit.name).nextImage?.is !== "missing") return null;
  return `${waysToImage(unit.launch, unit)}; it is restarted by itself then`;
}

function waysToImage(launch: Launch, { file, tagFile }: Pick<Unit, "file" | "tagFile">): string {
  const said = launch.tag === null ? `in ${file}` : `in ${file}, or its tag in ${tagFile} where there is one`;
  const got = launch.pull === "never" ? `docker pull ${launch.image}` : `docker login${registryOf(launch.image)}`;
  return `put the image's name right (${said}), or: ${got}`;
}

/** ` host:5000` of an image that is not the engine's own registry's. */
function registryOf(image: string): string {
  const [host = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(host) || host === "localhost") ? ` ${host}` : "";
}
