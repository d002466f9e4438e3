import { tell, type Value } from "../draft.ts";
import type { Job } from "../job.ts";
import { timeOf } from "./times.ts";
import type { Directive } from "./unit-lines.ts";

type Asked = { readonly last: (name: string) => Directive | undefined };

/** Type=, Restart=, the limits of restarts, the timeouts and how it is stopped. */
export function takeEnding(job: Job, asked: Asked): void {
  takeType(job, asked);
  takeRestart(job, asked);
  takeLimit(job, asked);
  takeTimeouts(job, asked);
  takeStop(job, asked);
  takeInstalled(job, asked);
}

function takeType({ draft, state }: Job, { last }: Asked): void {
  const type = last("Type");
  const remain = last("RemainAfterExit");
  if (type?.text === "oneshot" && !state.isDetached) {
    draft.keys.type = "task";
    tell(draft, "taken", type, ["Type=oneshot", "type: task"], { key: "type" });
    if (remain) tell(draft, "taken", remain, [`RemainAfterExit=${remain.text}`, "a task that ended with 0 is done"]);
    return;
  }
  if (type?.text.startsWith("notify"))
    tell(draft, "changed", type, [`Type=${type.text}`, "svc hears no notifications; say with ready when it is up"], {
      key: "ready",
    });
  else if (type) tell(draft, "taken", type, [`Type=${type.text}`, "svc follows the container itself"]);
  if (remain)
    tell(draft, "changed", remain, [`RemainAfterExit=${remain.text}`, "svc follows the container itself; left out"]);
  const watchdog = last("WatchdogSec");
  if (watchdog)
    tell(draft, "not understood", watchdog, ["WatchdogSec=", "write a healthcheck and on_unhealthy: restart"], {
      source: watchdog.source,
    });
}

function takeRestart({ draft }: Job, { last }: Asked): void {
  const restart = last("Restart");
  const rule = restart?.text ?? "no";
  const isKeptByEngine = draft.keys.respawn === true;
  delete draft.keys.respawn;
  const because = `Restart=${rule}`;
  const origin = restart ?? { file: draft.file, line: null };
  const isTask = draft.keys.type === "task";
  if (rule === "no") {
    if (isKeptByEngine) return;
    draft.keys.respawn = false;
    tell(draft, "taken", origin, [restart ? because : "no Restart=", "respawn: false"], { key: "respawn" });
  } else if (rule === "on-failure") {
    const codes = exits(last("SuccessExitStatus"), last("RestartPreventExitStatus"));
    if (!isTask || codes.length > 0) draft.keys.normal_exit = codes.length === 0 ? 0 : ["0", ...codes].join(" ");
    tell(draft, "taken", origin, [because, "normal_exit"], { key: "normal_exit" });
  } else if (rule === "always") {
    const codes = exits(last("RestartPreventExitStatus"));
    // docker's own policy counts no more.
    delete draft.keys.normal_exit;
    if (codes.length > 0) draft.keys.normal_exit = codes.join(" ");
    tell(draft, "taken", origin, [because, "a service is started again whatever its exit code"]);
  } else {
    draft.keys.respawn = false;
    const lost = "svc has no such rule: write respawn: true for always, normal_exit: 0 for on-failure";
    tell(draft, "not understood", origin, [because, lost], { key: "respawn" });
  }
  const forced = last("RestartForceExitStatus");
  if (forced)
    tell(draft, "not understood", forced, ["RestartForceExitStatus=", "svc has no such rule"], {
      source: forced.source,
    });
  for (const name of ["SuccessExitStatus", "RestartPreventExitStatus"]) {
    const said = last(name);
    if (said && draft.keys.normal_exit !== undefined)
      tell(draft, "taken", said, [`${name}=${said.text}`, "normal_exit"]);
    else if (said)
      tell(draft, "changed", said, [`${name}=${said.text}`, `it means nothing with ${because}; left out`], {
        source: said.source,
      });
  }
  const wait = last("RestartSec");
  if (wait)
    tell(draft, "changed", wait, [
      `RestartSec=${wait.text}`,
      "svc waits 0, 0, 0, 1, 2, 4 … 60 s between respawns; left out",
    ]);
}

function exits(...directives: readonly (Directive | undefined)[]): readonly string[] {
  return directives
    .flatMap((one) => one?.text.split(/\s+/) ?? [])
    .filter((code) => /^(\d+|SIG[A-Z0-9]+)$/.test(code) && code !== "0");
}

function takeLimit({ draft }: Job, { last }: Asked): void {
  const burst = last("StartLimitBurst");
  const interval = last("StartLimitIntervalSec") ?? last("StartLimitInterval");
  const action = last("StartLimitAction");
  if (action && action.text !== "none")
    tell(draft, "not understood", action, ["StartLimitAction=", "svc does nothing to the host"], {
      source: action.source,
    });
  const said = burst ?? interval;
  if (!said) return;
  if (draft.keys.respawn === false) {
    tell(draft, "changed", said, [`${said.name}=${said.text}`, "it is never respawned; left out"], {
      source: said.source,
    });
    return;
  }
  const window = timeOf(interval?.text ?? "10s");
  if (window === null || /^0+[a-z]*$/.test(window) || burst?.text === "0") draft.keys.respawn_limit = "unlimited";
  else {
    draft.keys.respawn_limit = `${burst?.text ?? 5} in ${window}`;
    draft.keys.on_limit = "fail";
  }
  for (const one of [burst, interval])
    if (one) tell(draft, "taken", one, [`${one.name}=${one.text}`, "respawn_limit"], { key: "respawn_limit" });
}

function takeTimeouts({ draft }: Job, { last }: Asked): void {
  const start = last("TimeoutStartSec") ?? last("TimeoutSec");
  if (!start) return;
  const time = timeOf(start.text);
  const isEndless = time === null || /^0+[a-z]*$/.test(time);
  if (isEndless || draft.keys.type === "task") {
    tell(draft, "changed", start, [
      `${start.name}=${start.text}`,
      "svc does not count a pull, for which there is pull_timeout; left out",
    ]);
    return;
  }
  draft.keys.start_timeout = time as Value;
  tell(draft, "taken", start, [`${start.name}=${start.text}`, "start_timeout; a pull is not counted"], {
    key: "start_timeout",
  });
}

/** systemd's own time for a stop, which holds where the unit says none; svc's is 10 s. */
const usualStop = "90s";

function takeStop(job: Job, { last }: Asked): void {
  const { draft, state } = job;
  const stop = last("TimeoutStopSec") ?? last("TimeoutSec");
  const signal = last("KillSignal");
  const time = stop === undefined ? usualStop : timeOf(stop.text);
  if (state.stopsByItself || draft.keys.stop_grace_period !== undefined) {
    if (stop)
      tell(draft, "changed", stop, [
        `${stop.name}=${stop.text}`,
        "docker stop, or --stop-timeout, says how long a stop takes; left out",
      ]);
  } else if (time === null) {
    draft.keys.stop_grace_period = "1h";
    if (stop)
      tell(draft, "changed", stop, [`${stop.name}=${stop.text}`, "svc waits an hour at most here, then kills"], {
        key: "stop_grace_period",
      });
  } else if (state.runs !== null) {
    draft.keys.stop_grace_period = time;
    if (stop)
      tell(draft, "taken", stop, [`${stop.name}=${stop.text}`, "stop_grace_period"], { key: "stop_grace_period" });
    else
      tell(draft, "changed", { file: draft.file, line: null }, ["no TimeoutStopSec=", "systemd's own is 90s"], {
        key: "stop_grace_period",
      });
  }
  if (!signal) return;
  if (state.signalsByItself) {
    tell(draft, "changed", signal, [`KillSignal=${signal.text}`, "docker stop says the signal; left out"]);
    return;
  }
  draft.keys.stop_signal = signal.text;
  tell(draft, "taken", signal, [`KillSignal=${signal.text}`, "stop_signal"], { key: "stop_signal" });
}

function takeInstalled({ draft }: Job, { last }: Asked): void {
  if (last("WantedBy") ?? last("RequiredBy") ?? last("UpheldBy")) return;
  draft.keys.enabled = false;
  tell(draft, "taken", { file: draft.file, line: null }, ["no WantedBy=", "enabled: false"], { key: "enabled" });
}
