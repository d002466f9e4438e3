import { tell } from "./draft.ts";
import type { Command, Job, Role } from "./job.ts";
import type { HostCommand } from "./shell/host-command.ts";

/** docker stop and kill: what stops the unit becomes keys; what cleans up is what svc does by itself. */
export function takeStop(
  job: Job,
  { seconds, signal, isKill, names }: HostCommand & { readonly is: "stop" },
  { role, line, source }: Command,
): void {
  const { draft, state } = job;
  const origin = { file: draft.file, line };
  if (role === "reload" || role === "after start") {
    const because = "svc sends no signals to a unit that is to run on: docker kill -s SIGNAL NAME, by hand";
    tell(draft, "not understood", origin, ["docker stop or kill", because], { source });
    return;
  }
  job.named.push({
    is: "container",
    what: isKill ? "docker kill" : "docker stop",
    names,
    origin,
    source,
    take: role === "stop" ? takeOwn : takeCleaning,
  });

  function takeCleaning(): void {
    tell(draft, "taken", origin, [isKill ? "docker kill" : "docker stop", byItself(role)]);
  }

  function takeOwn(): void {
    if (isKill && state.stopsByItself) {
      tell(draft, "taken", origin, ["docker kill", "svc kills what does not stop in its time"]);
      return;
    }
    // After docker kill it was systemd that waited.
    state.stopsByItself = !isKill;
    state.signalsByItself = true;
    if (seconds !== null) draft.keys.stop_grace_period = `${seconds}s`;
    if (signal !== null) draft.keys.stop_signal = signal;
    tell(draft, "taken", origin, ["docker stop", seconds === null ? "svc stops it" : "stop_grace_period"]);
  }
}

export function takeRemove(job: Job, names: readonly string[], { role, line, source }: Command): void {
  const { draft } = job;
  const origin = { file: draft.file, line };
  const take = (): void => tell(draft, "taken", origin, ["docker rm", byItself(role)]);
  job.named.push({ is: "container", what: "docker rm", names, origin, source, take });
}

export function takeWait(job: Job, names: readonly string[], { line, source }: Command): void {
  const origin = { file: job.draft.file, line };
  const take = (): void => tell(job.draft, "taken", origin, ["docker wait", "svc follows the container itself"]);
  job.named.push({ is: "container", what: "docker wait", names, origin, source, take });
}

function byItself(role: Role): string {
  return role === "before" || role === "main"
    ? "svc stops and removes what is in the way before each start"
    : "svc removes the container after each run";
}

export function takePull(job: Job, image: string, { role, line, mayFail, source }: Command): void {
  const { draft } = job;
  const origin = { file: draft.file, line };
  if (role !== "before" && role !== "main") {
    tell(draft, "not understood", origin, ["docker pull", "svc pulls at a start only"], { source });
    return;
  }
  job.named.push({ is: "image", what: "docker pull", names: [image], origin, source, take });

  function take(): void {
    draft.keys.pull_policy = "always";
    const said = mayFail
      ? "a pull that fails was passed over; svc starts nothing while it fails"
      : "pull_policy: always";
    tell(draft, mayFail ? "changed" : "taken", origin, ["docker pull", said], { key: "pull_policy" });
  }
}
