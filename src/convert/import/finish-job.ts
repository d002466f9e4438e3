import { tell } from "./draft.ts";
import type { Job } from "./job.ts";
import { usualName } from "./run-flags.ts";

/** Commands beside docker run that name another container or image than that of the unit do something else than svc. */
export function finishJob({ draft, named }: Job): void {
  const container = draft.keys.container_name ?? usualName(draft.name);
  const image = draft.keys.image;
  for (const { is, name, origin, source } of named) {
    const isItsOwn = is === "container" ? name === container : image === undefined || name === image;
    if (isItsOwn) continue;
    const because = is === "container" ? "it is of another container" : "it is another image than the one that is run";
    tell(draft, "not understood", origin, [`docker ${is === "container" ? "stop or rm" : "pull"}`, because], {
      source,
    });
  }
}
