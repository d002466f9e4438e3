import { parseFlags } from "../../unit/docker-run/parse-flags.ts";
import { tell } from "./draft.ts";
import type { Command, Job } from "./job.ts";
import type { HostCommand } from "./shell/host-command.ts";
import type { Expanded } from "./shell/words.ts";
import { takeContainer } from "./take-container.ts";

type Read = Pick<Expanded, "replaced" | "unknown"> & { readonly read: HostCommand & { readonly is: "create" } };

/** docker create: with the docker start that follows it, it is a docker run. */
export function takeCreate(job: Job, command: Command, { read, replaced, unknown }: Read): void {
  const { flags } = parseFlags(read.words.map(({ text }) => text));
  const container = flags.findLast(({ name }) => name === "name")?.value ?? null;
  job.created.push({ container, command, take });

  function take(): void {
    const { draft } = job;
    const main = { ...command, role: "main", mayFail: false } as const;
    takeContainer(job, main, { read: { ...read, is: "run" }, replaced, unknown });
    // One that is there already was kept.
    if (command.mayFail)
      tell(draft, "changed", { file: draft.file, line: command.line }, [
        "docker create",
        "svc makes the container anew at each start: what it wrote outside its volumes is gone then",
      ]);
  }
}

export function takeStart(
  { draft, created, state }: Job,
  { verb, isAttached, names }: HostCommand & { readonly is: "start" },
  { role, line, source }: Command,
): void {
  const origin = { file: draft.file, line };
  if (role === "reload") {
    tell(
      draft,
      "not understood",
      origin,
      [`docker ${verb}`, `svc reloads nothing: svc restart ${draft.name}, by hand`],
      {
        source,
      },
    );
    return;
  }
  const at = created.findIndex(({ container }) => names.length === 1 && container === names[0]);
  const [made] = at < 0 ? [] : created.splice(at, 1);
  if (!made) {
    const because = `its flags stand elsewhere: svc import --from-container ${names[0] ?? "NAME"}`;
    tell(draft, "not understood", origin, [`docker ${verb}`, because], { source });
    return;
  }
  made.take();
  state.isDetached ||= !isAttached;
  tell(draft, "taken", origin, [
    isAttached ? `docker ${verb}` : "docker start, detached",
    "svc makes the container and starts it",
  ]);
}
