import type { Cause, UnitStatus } from "../../control/request.ts";
import { stateOf, type World } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";

/** The command that helps next with a unit that is as it is; null: none is needed. */
export function hintFor(status: UnitStatus, { change }: Pick<Cause, "change">, world: World): string | null {
  const { name, phase, wanted, stale, lastExit, badTag } = status;
  const unit = world.units.get(name);
  const image = unit ? imageHint(unit, world) : null;
  switch (phase) {
    case "down":
    case "done":
      return mending(status, unit) ?? `svc start ${name}`;
    case "failed":
    case "backoff":
      if (badTag) return `svc revert ${badTag.app} puts REVERT back; svc start ${name} tries ${badTag.tag} again`;
      if (change && !mending(status, unit))
        return `svc logs -n 50 ${name}; mend it or put the change back, then: svc restart ${name}`;
      return (
        mending(status, unit) ??
        image ??
        (lastExit ? `svc logs -n 50 ${name}; then: svc start ${name}` : `mend it, then: svc start ${name}`)
      );
    case "invalid":
      return "svc check";
    case "degraded":
      return `svc logs -n 50 ${name}`;
    case "up":
      return stale.length > 0 ? (mending(status, unit) ?? `svc restart ${name}`) : null;
    case "waiting":
      return wanted === "down" ? null : (mending(status, unit) ?? image ?? `svc wait ${name}`);
    case "pulling":
    case "starting":
    case "stopping":
      return `svc events -f ${name}`;
    default:
      return phase satisfies never;
  }
}

/** A start or restart would be refused; null: it would not be. */
function mending({ name, phase, refused }: UnitStatus, unit: Unit | undefined): string | null {
  if (refused === null) return null;
  const launch = unit?.launch;
  if (launch && !launch.ok && launch.code === "missing-unit-file") return launch.hint;
  return `svc check; mend it, then: svc ${phase === "up" ? "restart" : "start"} ${name}`;
}

/** Its image cannot be had: waiting for it does not help; null: that is not what is wrong. */
function imageHint({ name, launch, file, tagFile }: Unit, world: World): string | null {
  const { trouble, missingImage } = stateOf(world, name);
  if (!launch.ok || !trouble) return null;
  if (trouble.kind !== "pull-failed" && missingImage !== launch.image && launch.pull !== "never") return null;
  const said = launch.tag === null ? `in ${file}` : `in ${file}, or its tag in ${tagFile} where there is one`;
  const got = launch.pull === "never" ? `docker pull ${launch.image}` : `docker login${registryOf(launch.image)}`;
  return `put the image's name right (${said}), or: ${got}; then: svc start ${name}`;
}

/** ` host:5000` of an image that is not the engine's own registry's. */
function registryOf(image: string): string {
  const [host = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(host) || host === "localhost") ? ` ${host}` : "";
}
