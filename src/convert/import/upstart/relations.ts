import { type Draft, type Edge, tell } from "../draft.ts";
import { type Events, readEvents } from "./events.ts";
import type { Stanza } from "./stanzas.ts";

/**
 * upstart starts a job at the edge of an event; svc holds a level: what is wanted is up while what it needs is up. `started X` becomes
 * a need of X, the events of a boot become `enabled`, and what is no level of svc's (an `or` of two jobs) is told.
 */
export function takeRelations(draft: Draft, stanzas: readonly Stanza[]): void {
  const [start, stop] = ["start on", "stop on"].map((name) => stanzas.findLast((one) => one.name === name));
  const lost = stop ? takeStop(draft, stop) : new Set<string>();
  const isTask = stanzas.some((one) => one.name === "task");
  if (start) takeStart(draft, start, { lost, isTask });
  else {
    draft.keys.enabled = false;
    tell(draft, "taken", { file: draft.file, line: null }, ["no start on", "enabled: false"], { key: "enabled" });
  }
  if (!stop) return;
  for (const job of lost) {
    if (draft.edges.some(({ to, onLoss }) => to === job && onLoss === "stop"))
      tell(draft, "taken", stop, [`stop on stopping ${job}`, "on_loss: stop"], { key: "depends_on" });
    else
      draft.edges.push({
        to: job,
        how: "part of",
        until: "ready",
        onLoss: "stop",
        origin: stop,
        what: `stop on stopping ${job}`,
      });
  }
}

/** Events of a boot, and jobs of the host that svc itself comes after. */
const boot =
  /^(runlevel|filesystem|local-filesystems|remote-filesystems|virtual-filesystems|all-swaps|startup|net-device-up|net-device-added|static-network-up|network-interface|networking|mounted|mountall|hostname|rc|rc-sysinit|dbus|udev|ssh|rsyslog|networking|network-services|desktop-session-start)$/;
const engine = /^(docker|docker\.io|docker-engine|lxc-docker|cgroup-lite|containerd)$/;

const oneOfSeveral = "one of several events: it is started too, and waited for, but may fail";

/** upstart starts the job whenever X is to start, and X only then. */
function beforeStart(name: string, job: string, isTask: boolean): Pick<Edge, "until" | "because"> {
  const how = isTask ? `{${name}: {condition: service_completed_successfully}}` : `[${name}]`;
  const because = `it is up before ${job} where both are to start; for ${job} to start it, write depends_on: ${how} there`;
  return { until: isTask ? "completed" : "ready", because };
}

type Own = { readonly lost: ReadonlySet<string>; readonly isTask: boolean };

function takeStart(draft: Draft, stanza: Stanza, { lost, isTask }: Own): void {
  const events = readEvents(stanza.text);
  if (!events) {
    draft.keys.enabled = false;
    tell(draft, "not understood", stanza, ["start on", "this expression cannot be read"], {
      source: stanza.source,
      key: "enabled",
    });
    return;
  }
  walk(events, false);

  function walk(one: Events, isOneOfSeveral: boolean): void {
    if (one.is === "event") {
      takeEvent(one, isOneOfSeveral);
      return;
    }
    const jobs = one.of.filter((part) => !isBoot(part));
    // `runlevel [2345] or started X`: at boot, after X if there is one.
    const isChoice = one.is === "or" && one.of.length > 1 && jobs.length > 0;
    if (isChoice && jobs.some(({ is }) => is !== "event")) {
      tell(draft, "changed", stanza, ["start on … or …", "svc has no choice of events: it wants all of them"], {
        key: "wants",
      });
    }
    for (const part of one.of) walk(part, isOneOfSeveral || isChoice);
  }

  function takeEvent({ name, args }: Events & { readonly is: "event" }, isOneOfSeveral: boolean): void {
    const what = `start on ${name}`;
    const job = jobOf(args);
    const said = `${what} ${job}`;
    if (boot.test(name) || (/^(started|starting|stopped)$/.test(name) && boot.test(job))) {
      tell(draft, "taken", stanza, [`${what}${job && ` ${job}`}`, "started at boot"]);
      return;
    }
    if (/^(started|starting)$/.test(name) && engine.test(job)) {
      tell(draft, "taken", stanza, [`${what} ${job}`, "svc waits while the engine is away"]);
      return;
    }
    if (name === "started" && job !== "") {
      edge({
        to: job,
        how: isOneOfSeveral ? "wants" : "needs",
        until: "ready",
        onLoss: lost.has(job) && !isOneOfSeveral ? "stop" : "keep",
        what: said,
        ...(isOneOfSeveral ? { because: oneOfSeveral } : {}),
      });
      return;
    }
    if (name === "starting" && job !== "") {
      edge({ to: job, how: "before", onLoss: "keep", what: said, ...beforeStart(draft.name, job, isTask) });
      return;
    }
    if (name === "stopped" && job !== "") {
      const because = "it starts once that task ended with 0";
      edge({ to: job, how: "needs", until: "completed", onLoss: "keep", what: said, because });
      return;
    }
    draft.keys.enabled = false;
    const because = "svc has no events: start it with svc start";
    tell(draft, "not understood", stanza, [what, because], { source: stanza.source, key: "enabled" });
  }

  function edge(one: Omit<Edge, "origin">): void {
    draft.edges.push({ ...one, origin: stanza });
  }
}

/** The jobs at whose stop this one stops. */
function takeStop(draft: Draft, stanza: Stanza): ReadonlySet<string> {
  const lost = new Set<string>();
  const events = readEvents(stanza.text);
  if (events?.is === "and")
    tell(draft, "changed", stanza, ["stop on … and …", "svc takes it down when one of them is lost, not all"], {
      key: "depends_on",
    });
  for (const { name, args } of events ? leavesOf(events) : []) {
    const job = jobOf(args);
    const what = `stop on ${name}${job && ` ${job}`}`;
    if (/^(runlevel|shutdown|deconfiguring-networking|unmounted-remote-filesystems|desktop-session-end)$/.test(name))
      tell(draft, "taken", stanza, [what, "svc stops all at shutdown"]);
    else if (/^(stopping|stopped)$/.test(name) && engine.test(job))
      tell(draft, "taken", stanza, [what, "svc waits while the engine is away"]);
    else if (/^(stopping|stopped)$/.test(name) && boot.test(job))
      tell(draft, "taken", stanza, [what, "svc stops all at shutdown"]);
    else if (/^(stopping|stopped)$/.test(name) && job !== "") lost.add(job);
    else if (/^(starting|started)$/.test(name) && job !== "")
      draft.edges.push({
        to: job,
        how: "conflicts",
        until: "ready",
        onLoss: "keep",
        origin: stanza,
        what,
      });
    else tell(draft, "not understood", stanza, [what, "svc has no events"], { source: stanza.source });
  }
  if (!events)
    tell(draft, "not understood", stanza, ["stop on", "this expression cannot be read"], { source: stanza.source });
  return lost;
}

function isBoot(events: Events): boolean {
  return leavesOf(events).every(
    ({ name, args }) => boot.test(name) || boot.test(jobOf(args)) || engine.test(jobOf(args)),
  );
}

function leavesOf(events: Events): readonly (Events & { readonly is: "event" })[] {
  return events.is === "event" ? [events] : events.of.flatMap(leavesOf);
}

function jobOf(args: readonly string[]): string {
  const named = args.map((one) => /^(?:JOB=)?"?([A-Za-z0-9_.-]+)"?$/.exec(one)?.[1]).find((one) => one !== undefined);
  return named ?? "";
}
