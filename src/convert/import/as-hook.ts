import { tell } from "./draft.ts";
import type { Command, Job, Role } from "./job.ts";

/** The hook that runs when a command of that role did; null: svc has none. */
const hookOf: { readonly [role in Role]: string | null } = {
  before: "pre_start",
  main: "pre_start",
  "after start": "post_start",
  stop: "pre_stop",
  "after stop": "post_stop",
  reload: null,
};

/** What to do about a command of the host that svc does not run. */
export function asHook(role: Role): string {
  const hook = hookOf[role];
  return hook === null
    ? "svc reloads nothing: by hand, if it is needed"
    : `write it as a hook if it is needed: svc help unit ${hook}`;
}

type Told = Pick<Command, "role" | "line" | "source"> & { readonly what: string; readonly because?: string };

/** A command of the host, or a part of one, that has no place in a unit but as a hook. */
export function tellHook({ draft }: Job, { role, line, source, what, because }: Told): void {
  const said = because === undefined ? asHook(role) : `${because}; ${asHook(role)}`;
  tell(draft, "not understood", { file: draft.file, line }, [what, said], { source, code: "hook" });
}
