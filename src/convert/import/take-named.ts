import { tell } from "./draft.ts";
import type { Job } from "./job.ts";
import { usualName } from "./run-flags.ts";

/** Commands beside docker run, now that its container's name and image are known: those that name others do something else than svc. */
export function takeNamed({ draft, named, created, state }: Job): void {
  for (const { command } of created)
    tell(draft, "not understood", { file: draft.file, line: command.line }, ["docker create", neverStarted], {
      source: command.source,
    });
  // Without a container nobody knows which is its own.
  if (state.runs === null) return;
  const container = draft.keys.container_name ?? usualName(draft.name);
  const image = draft.keys.image;
  for (const { is, what, names, origin, source, take } of named) {
    const isOwn = (name: string): boolean =>
      is === "container" ? name === container : image === undefined || name === image;
    if (names.some(isOwn) || names.length === 0) take();
    if (names.every(isOwn)) continue;
    const others = names.some(isOwn) ? "it is of other containers too" : "it is of another container";
    const because = is === "container" ? others : "it is another image than the one that is run";
    tell(draft, "not understood", origin, [what, because], { source });
  }
}

const neverStarted = "nothing here starts that container; make another unit of it";
