import { isScalar } from "yaml";
import { z } from "zod";
import { tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import { pairsOf } from "./compose-text.ts";
import type { Service } from "./service.ts";

export const restartShape = z.union([
  z.literal(false),
  z.null(),
  z.string().regex(/^(no|always|unless-stopped|on-failure(:\d+)?)$/),
]);

/** The restart policy becomes svc's rules; null: the service has none, and is not restarted. That of `deploy` wins. */
export function takeRestart(service: Service, value: Value, origin: Origin): void {
  const { draft } = service;
  delete draft.keys.restart;
  if (!hasPolicy(service)) takePolicy(service, value, origin);
  else if (value !== null) {
    const because = "deploy.restart_policy says it instead; left out";
    tell(draft, "changed", origin, [`${draft.name}: restart ${String(value)}`, because]);
  }
}

function hasPolicy({ pair, read }: Service): boolean {
  const deploy = pairsOf(read.document, pair.value).find(({ key }) => isScalar(key) && key.value === "deploy");
  return pairsOf(read.document, deploy?.value).some(({ key }) => isScalar(key) && key.value === "restart_policy");
}

export function takePolicy({ draft }: Service, value: Value, origin: Origin): void {
  const [policy = "no", count] = String(value === false || value === null ? "no" : value).split(":");
  const what = value === null ? `${draft.name}: no restart` : `${draft.name}: restart ${policy}`;
  if (policy === "no") {
    if (draft.keys.normal_exit !== undefined || draft.keys.respawn_limit !== undefined) return;
    draft.keys.respawn = false;
    tell(draft, "taken", origin, [what, "respawn: false"], { key: "respawn" });
    return;
  }
  if (policy !== "on-failure") {
    tell(draft, "taken", origin, [what, "svc restarts it whatever its exit code"]);
    return;
  }
  draft.keys.normal_exit = 0;
  if (count === undefined) {
    tell(draft, "taken", origin, [what, "normal_exit: 0"], { key: "normal_exit" });
    return;
  }
  const because = `svc counts respawns in a time, not all of them: ${count} is left out`;
  tell(draft, "changed", origin, [what, because], { key: "normal_exit" });
}
