import type { Cause, UnitStatus } from "../../control/request.ts";

/** The command that helps next with a unit that is as it is; null: none is needed. */
export function hintFor(status: UnitStatus, { change }: Pick<Cause, "change">): string | null {
  const { name, phase, wanted, stale, lastExit, badTag } = status;
  switch (phase) {
    case "down":
      return `svc start ${name}`;
    case "failed":
    case "backoff":
      if (badTag) return `svc revert ${badTag.app} puts REVERT back; svc start ${name} tries ${badTag.tag} again`;
      if (change) return `svc logs -n 50 ${name}; mend it or put the change back, then: svc restart ${name}`;
      return lastExit ? `svc logs -n 50 ${name}; then: svc start ${name}` : `mend it, then: svc start ${name}`;
    case "invalid":
      return "svc check";
    case "degraded":
      return `svc logs -n 50 ${name}`;
    case "up":
      return stale.length > 0 ? `svc restart ${name}` : null;
    case "waiting":
      return wanted === "down" ? null : `svc wait ${name}`;
    case "pulling":
    case "starting":
    case "stopping":
      return `svc events -f ${name}`;
    case "done":
      return `svc start ${name}`;
    default:
      return phase satisfies never;
  }
}
