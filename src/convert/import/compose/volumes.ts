import { resolve } from "node:path";
import { tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import type { Service } from "./service.ts";

type Long = { readonly type: string; readonly source?: string };

/** Paths are made whole; a named volume has the name that the engine knows it by, so that what is in it stays. */
export function takeVolumes(service: Service, value: Value, origin: Origin): void {
  const { draft, folder } = service;
  draft.keys.volumes = [value].flat().map((one): Value => {
    if (typeof one === "object" && one !== null) {
      const { source, type, ...rest } = one as Long;
      if (source === undefined || (type !== "bind" && type !== "volume")) return one as Value;
      return { type, source: sourceOf(service, source, type === "bind", origin), ...rest };
    }
    const [source = "", ...rest] = String(one).split(":");
    if (rest.length === 0) return one as Value;
    const isPath = /^[.~/]/.test(source);
    if (source.startsWith("~"))
      tell(
        draft,
        "not understood",
        origin,
        [`${draft.name}: volumes`, "~ is the home of who runs Compose: write the whole path"],
        { key: "volumes" },
      );
    const path = source.startsWith("~") ? resolve("/root", source.slice(2)) : source;
    return [isPath ? resolve(folder, path) : sourceOf(service, source, false, origin), ...rest].join(":");
  });
  tell(draft, "taken", origin, [`${draft.name}: volumes`, "volumes, with whole paths"], { key: "volumes" });
}

function sourceOf({ draft, folder, project }: Service, source: string, isPath: boolean, origin: Origin): string {
  if (isPath) return resolve(folder, source);
  const { name, options } = project.volume(source);
  const what = `${draft.name}: volume ${source}`;
  if (name !== source) tell(draft, "changed", origin, [what, `the engine knows it as ${name}`], { key: "volumes" });
  if (options.length > 0) {
    const because = `its ${options.join(", ")} must be said to docker volume create ${name}, if it is not there yet`;
    tell(draft, "changed", origin, [what, because], { key: "volumes" });
  }
  return name;
}
