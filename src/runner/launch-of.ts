import { SvcError } from "../svc-error.ts";
import { isReference } from "../unit/docker-run/values/reference.ts";
import { splitReference } from "../unit/image-reference.ts";
import type { Launch, Unit } from "../unit/unit.ts";

/** What the engine is given for the app, with its own tag or another. */
export function launchOf({ launch, name }: Unit, tag: string | null): Launch {
  if (!launch.ok) throw new SvcError("cannot-start", `${name}: ${launch.message}`, { hint: launch.hint });
  if (tag === null) return launch;
  const { bare } = splitReference(launch.image);
  const image = `${bare}:${tag}`;
  if (!isReference(image))
    throw new SvcError("usage", `${JSON.stringify(tag)} is no tag`, { hint: `docker images ${bare} lists those here` });
  return { ...launch, image, tag, create: { ...launch.create, body: { ...launch.create.body, Image: image } } };
}
