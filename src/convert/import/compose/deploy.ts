import { z } from "zod";
import { tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import { takePolicy } from "./restart.ts";
import type { Service } from "./service.ts";
import { takeReplicas } from "./special-keys.ts";

const map = z.looseObject({}).nullish();

export const deployShape = z
  .looseObject({
    resources: z.looseObject({ limits: map, reservations: map }).nullish(),
    restart_policy: map,
  })
  .nullable();

type Map = { readonly [key: string]: Value };

/** Of what is meant for a swarm, the limits and the rules for restarts mean something on one host too. */
export function takeDeploy(service: Service, value: Value, origin: Origin): void {
  const { draft } = service;
  delete draft.keys.deploy;
  const deploy = (value ?? {}) as Map;
  const say = (
    verdict: "taken" | "changed" | "not understood",
    part: string,
    because: string,
    key: string | null = null,
  ) => tell(draft, verdict, origin, [`${draft.name}: deploy.${part}`, because], { key });
  for (const [part, inner] of Object.entries(deploy)) {
    if (part === "resources") takeResources(service, (inner ?? {}) as Map, say);
    else if (part === "restart_policy") takeRestartPolicy(service, (inner ?? {}) as Map, origin);
    else if (part === "replicas") {
      takeReplicas(draft.name, Number(inner), (verdict, because) => say(verdict, part, because));
      if (inner === 0) draft.keys.enabled = false;
    } else say("changed", part, "it is for a swarm; left out");
  }
}

type Say = (
  verdict: "taken" | "changed" | "not understood",
  part: string,
  because: string,
  key?: string | null,
) => void;

const limits: { readonly [part: string]: string } = {
  "limits.cpus": "cpus",
  "limits.memory": "mem_limit",
  "limits.pids": "pids_limit",
  "reservations.memory": "mem_reservation",
};

function takeResources({ draft }: Service, resources: Map, say: Say): void {
  for (const [kind, inner] of Object.entries(resources)) {
    for (const [name, value] of Object.entries((inner ?? {}) as Map)) {
      const key = limits[`${kind}.${name}`];
      const part = `resources.${kind}.${name}`;
      if (key !== undefined) {
        draft.keys[key] = value;
        say("taken", part, key, key);
      } else if (name === "devices") {
        draft.keys.gpus = value;
        say("taken", part, "gpus", "gpus");
      } else say("changed", part, "one host has no such reservation; left out");
    }
  }
}

function takeRestartPolicy(service: Service, policy: Map, origin: Origin): void {
  const { draft } = service;
  const condition = { none: "no", "on-failure": "on-failure" }[String(policy.condition)] ?? "always";
  takePolicy(service, condition, origin);
  if (policy.delay !== undefined)
    tell(draft, "changed", origin, [
      `${draft.name}: deploy.restart_policy.delay`,
      "svc waits 0, 0, 0, 1, 2, 4 … 60 s between respawns; left out",
    ]);
  if (policy.max_attempts === undefined || condition === "no") return;
  draft.keys.respawn_limit = `${policy.max_attempts} in ${policy.window ?? "1h"}`;
  draft.keys.on_limit = "fail";
  const because = policy.window === undefined ? "svc counts respawns in a time: an hour here" : "respawn_limit";
  const verdict = policy.window === undefined ? "changed" : "taken";
  tell(draft, verdict, origin, [`${draft.name}: deploy.restart_policy.max_attempts`, because], {
    key: "respawn_limit",
  });
}
