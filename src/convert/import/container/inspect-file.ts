import { LineCounter, parseDocument } from "yaml";
import { findFlag } from "../../../unit/docker-run/flags.ts";
import { keysOfRequest } from "../../request-keys.ts";
import { type Draft, newDraft, tell } from "../draft.ts";
import { unitName } from "../unit-name.ts";
import { requestOfContainer } from "./container-request.ts";
import { type Container, type Image, readInspected } from "./inspected.ts";

export type InspectText = { readonly file: string; readonly text: string; readonly isFile: boolean };

/** The units of containers, from what docker inspect says of them, and of their images if it was asked for these too. */
export function importInspect({ file, text, isFile }: InspectText): readonly Draft[] {
  const read = readInspected(text);
  if (!read || read.containers.length === 0) {
    const whole = newDraft(file, file);
    const because = read ? "it holds no container" : "it is no JSON";
    tell(whole, "not understood", { file, line: null }, ["the file", because]);
    return [whole];
  }
  const { containers, images, all } = read;
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const isList = Array.isArray(JSON.parse(text));
  const names = new Map(containers.map(({ Id, Name }) => [Id, Name.replace(/^\//, "")]));
  return containers.map((container) => {
    const at = all.indexOf(container);
    const lineOf = (path: string): number | null => {
      const parts = isList ? [at, ...path.split(".")] : path.split(".");
      const range = isFile ? document.getIn(parts, true) : null;
      const start = (range as { readonly range?: readonly [number, number, number] } | null)?.range?.[0];
      return start === undefined ? null : counter.linePos(start).line;
    };
    const image = images.find(({ Id }) => Id === container.Image) ?? null;
    return draftOf(container, { file, image, names, lineOf });
  });
}

type Context = {
  readonly file: string;
  readonly image: Image | null;
  readonly names: ReadonlyMap<string, string>;
  readonly lineOf: (path: string) => number | null;
};

function draftOf(container: Container, { file, image, names, lineOf }: Context): Draft {
  const draft = newDraft(unitName(container.Name), file);
  const origin = (path: string) => ({ file, line: lineOf(path) });
  const { request, changes } = requestOfContainer(container, image, names);
  for (const { path, verdict, because, key } of changes) tell(draft, verdict, origin(path), [path, because], { key });
  if (!image) {
    const because = "docker inspect of the image is not here: take out what the image says by itself";
    tell(draft, "changed", origin("Config.Image"), ["Config", because], { key: "image" });
  }
  const { keys, flags, keyOf } = keysOfRequest(request);
  Object.assign(draft.keys, keys);
  for (const flag of flags) {
    const key = keyOf(flag);
    if (flag.name === "entrypoint") continue;
    const what = `--${flag.name}${["env", "label"].includes(flag.name) ? ` ${flag.value.split("=")[0]}` : ""}`;
    tell(draft, "taken", origin(findFlag(flag.name)?.field ?? "HostConfig"), [what, key], { key });
  }
  for (const [key, field] of Object.entries(fields))
    if (keys[key] !== undefined) tell(draft, "taken", origin(field), [field, key], { key });
  takeRestart(draft, container, origin("HostConfig.RestartPolicy"));
  return draft;
}

const fields = {
  image: "Config.Image",
  command: "Config.Cmd",
  entrypoint: "Config.Entrypoint",
  healthcheck: "Config.Healthcheck",
  networks: "NetworkSettings.Networks",
};

function takeRestart(
  draft: Draft,
  { HostConfig: host, Config: config }: Container,
  origin: { file: string; line: number | null },
): void {
  const { Name: named = "", MaximumRetryCount: count = 0 } = (host.RestartPolicy ?? {}) as {
    Name?: string;
    MaximumRetryCount?: number;
  };
  const policy = named || "no";
  const what = `HostConfig.RestartPolicy ${policy}`;
  const unit = ((config.Labels ?? {}) as { readonly [name: string]: string })["svc.unit"];
  if (unit !== undefined && policy === "no") {
    tell(draft, "changed", origin, [
      what,
      `svc itself runs it, as the unit ${unit}, whose file says more than a container`,
    ]);
    return;
  }
  if (policy === "no") draft.keys.respawn = false;
  if (policy === "on-failure") draft.keys.normal_exit = 0;
  const because = { no: "respawn: false", "on-failure": "normal_exit: 0" }[policy];
  const lost = count > 0 ? `; the count ${count} is left out` : "";
  tell(
    draft,
    count > 0 ? "changed" : "taken",
    origin,
    [what, `${because ?? "svc restarts it, not the engine"}${lost}`],
    {
      key: policy === "on-failure" ? "normal_exit" : null,
    },
  );
}
