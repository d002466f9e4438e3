import { resolve } from "node:path";
import { tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import { takeDependsOn } from "./depends-on.ts";
import { takeDeploy } from "./deploy.ts";
import { takeEnvFile, takeEnvironment } from "./env-files.ts";
import { takeNetworks } from "./networks.ts";
import { takeRestart } from "./restart.ts";
import type { Service } from "./service.ts";
import { takeVolumes } from "./volumes.ts";

type Take = (service: Service, value: Value, origin: Origin) => void;

/** Keys of a service that do not stay as they are. */
export const specialKeys: { readonly [key: string]: Take } = {
  build: takeBuild,
  container_name: takeName,
  depends_on: takeDependsOn,
  deploy: takeDeploy,
  env_file: takeEnvFile,
  environment: takeEnvironment,
  label_file: ({ draft, folder }, value, origin) => {
    draft.keys.label_file = [value].flat().map((path) => resolve(folder, String(path)));
    tell(draft, "taken", origin, [`${draft.name}: label_file`, "label_file"], { key: "label_file" });
  },
  networks: takeNetworks,
  profiles: takeProfiles,
  pull_policy: takePullPolicy,
  restart: takeRestart,
  scale: takeScale,
  security_opt: ({ draft, folder }, value, origin) => {
    draft.keys.security_opt = [value].flat().map((one) => {
      const [, name, path = ""] = /^(seccomp[:=])(\.{0,2}\/.*|[^/]*\.json)$/.exec(String(one)) ?? [];
      return name === undefined ? (one as Value) : `${name}${resolve(folder, path)}`;
    });
    tell(draft, "taken", origin, [`${draft.name}: security_opt`, "security_opt"], { key: "security_opt" });
  },
  volumes: takeVolumes,
};

function takeBuild({ draft, project }: Service, value: Value, origin: Origin): void {
  delete draft.keys.build;
  const context = typeof value === "string" ? value : String((value as { context?: string } | null)?.context ?? ".");
  const image = draft.keys.image ?? `${project.name}-${draft.name}`;
  draft.keys.image = image;
  const because = `svc builds no images; build it first: docker build -t ${String(image)} ${context}`;
  tell(draft, "changed", origin, [`${draft.name}: build`, because], { key: "image" });
}

function takeName({ draft }: Service, value: Value, origin: Origin): void {
  if (value === draft.name) delete draft.keys.container_name;
  tell(draft, "taken", origin, [`${draft.name}: container_name`, "the container's name"], { key: "container_name" });
}

function takeProfiles({ draft }: Service, value: Value, origin: Origin): void {
  delete draft.keys.profiles;
  if ([value ?? []].flat().length === 0) {
    tell(draft, "taken", origin, [`${draft.name}: profiles`, "none: it is always started"]);
    return;
  }
  draft.keys.enabled = false;
  tell(
    draft,
    "changed",
    origin,
    [`${draft.name}: profiles`, "units are started by name: svc start, by hand or as a need"],
    { key: "enabled" },
  );
}

function takePullPolicy({ draft }: Service, value: Value, origin: Origin): void {
  const what = `${draft.name}: pull_policy`;
  if (/^(always|missing|if_not_present|never)$/.test(String(value))) {
    tell(draft, "taken", origin, [what, "pull_policy"]);
    return;
  }
  delete draft.keys.pull_policy;
  tell(draft, "changed", origin, [what, "svc pulls an image that is missing; always and never may be said"], {
    source: `pull_policy: ${value}`,
  });
}

function takeScale({ draft }: Service, value: Value, origin: Origin): void {
  delete draft.keys.scale;
  takeReplicas(draft.name, Number(value), (verdict, because) =>
    tell(draft, verdict, origin, [`${draft.name}: scale`, because], { source: `scale: ${value}` }),
  );
  if (value === 0) draft.keys.enabled = false;
}

export function takeReplicas(
  name: string,
  count: number,
  say: (verdict: "changed" | "not understood" | "taken", because: string) => void,
): void {
  if (count === 1) say("taken", "a unit has one container");
  else if (count === 0) say("changed", "enabled: false");
  else
    say("not understood", `a unit has one container: rename the file to ${name}@.yml and start ${name}@1 ${name}@2 …`);
}
