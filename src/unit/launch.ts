import { createHash } from "node:crypto";
import type { AppFiles } from "./app-files/app-files.ts";
import type { CreateRequest } from "./docker-run/create-request.ts";
import type { ImageReference } from "./image-reference.ts";
import type { UnitKeys } from "./keys/schema.ts";
import type { Obstacle, Obstacles } from "./obstacle.ts";
import type { Launch, LaunchProblem } from "./unit.ts";

type Launching = {
  readonly keys: UnitKeys;
  readonly files: AppFiles;
  readonly reference: ImageReference;
  /** Without the image. */
  readonly create: CreateRequest;
  readonly pull: Launch["pull"] | null;
  readonly warnings: readonly string[];
};

/** What the engine is given for a unit, or the first thing that keeps it from being said. */
export function launchable(
  launching: Omit<Launching, "reference"> & { readonly reference: ImageReference | Obstacles },
): Launch | LaunchProblem {
  const { files, reference } = launching;
  const [missing] = files.missing;
  if (missing) return problemOf(missing);
  return "ok" in reference ? launchOf({ ...launching, reference }) : problemOf(reference[0]);
}

/** What the engine is given for a unit, and the digests by which a container that was made of something else is told. */
function launchOf({ keys, files, reference, create: asked, pull: wanted, warnings }: Launching): Launch {
  const { image, tag, isTagOfFile } = reference;
  const create = { ...asked, body: { ...asked.body, Image: image } };
  const pull = wanted ?? "missing";
  const env = [...files.variables.values()]
    .filter(({ name }) => name !== "TAG")
    .map(({ name, value }) => `${name}=${value}`);
  const parts = { unit: digest(keys).slice(0, 12), env: digest(env).slice(0, 12), tag: digest(tag).slice(0, 12) };
  return { ok: true, image, tag, isTagOfFile, pull, create, revision: digest({ create, pull }), parts, warnings };
}

function problemOf({ code, message, hint, bareImage }: Obstacle): LaunchProblem {
  return { ok: false, code, message, hint, ...(bareImage === undefined ? {} : { bareImage }) };
}

/** The same launch with another request, and so another revision. */
export function withRequest(launch: Launch, create: CreateRequest): Launch {
  return { ...launch, create, revision: digest({ create, pull: launch.pull }) };
}

function digest(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");
}
