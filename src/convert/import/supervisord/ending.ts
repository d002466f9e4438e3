import { signalOf } from "../../../unit/signals.ts";
import { tell } from "../draft.ts";
import type { Job } from "../job.ts";
import { onlySupervisord } from "./expansions.ts";
import type { Setting } from "./sections.ts";

type Last = (name: string) => Setting | undefined;

/** Whether it is started at boot and again, when it counts as up, and how it is stopped. */
export function takeEnding(job: Job, last: Last): void {
  takeStart(job, last);
  takeRestart(job, last);
  takeStop(job, last);
}

function takeStart({ draft }: Job, last: Last): void {
  const auto = last("autostart");
  if (auto && !isTrue(auto.text)) {
    draft.keys.enabled = false;
    const because = "it is true or false; enabled: false until it is known";
    if (isFalse(auto.text)) tell(draft, "taken", auto, ["autostart=false", "enabled: false"], { key: "enabled" });
    else tell(draft, "not understood", auto, ["autostart", because], { key: "enabled" });
  } else if (auto) tell(draft, "taken", auto, ["autostart=true", "started at boot"]);
  const seconds = last("startsecs");
  if (!seconds) return;
  const after = seconds.text.trim();
  if (!/^\d+$/.test(after)) notUnderstood(draft, seconds);
  else if (after === "0") tell(draft, "taken", seconds, ["startsecs=0", "it is up once it runs"]);
  else {
    draft.keys.ready = { after: `${after}s` };
    tell(draft, "taken", seconds, [`startsecs=${after}`, "ready"], { key: "ready" });
  }
}

/** It restarts after an exit code that is not expected, if nothing else is said. */
function takeRestart({ draft }: Job, last: Last): void {
  const said = last("autorestart");
  const origin = said ?? { file: draft.file, line: null };
  const rule = said?.text.trim() ?? "unexpected";
  const what = said ? `autorestart=${rule}` : "no autorestart";
  const codes = last("exitcodes");
  delete draft.keys.respawn;
  delete draft.keys.normal_exit;
  if (rule === "unexpected") {
    const isKnown = codes === undefined || /^[\d\s,]+$/.test(codes.text);
    const expected = isKnown ? (codes?.text ?? "0").split(/[\s,]+/).filter(Boolean) : ["0"];
    draft.keys.normal_exit = expected.length === 1 ? Number(expected[0]) : expected.join(" ");
    tell(draft, "taken", origin, [what, "normal_exit"], { key: "normal_exit" });
    if (!isKnown) notUnderstood(draft, codes);
    else if (codes) tell(draft, "taken", codes, ["exitcodes", "normal_exit"], { key: "normal_exit" });
  } else {
    const never = !isTrue(rule);
    if (never) draft.keys.respawn = false;
    if (never && !isFalse(rule)) {
      const because = "it is true, false or unexpected; respawn: false until it is known";
      tell(draft, "not understood", origin, ["autorestart", because], { key: "respawn" });
    } else if (never) tell(draft, "taken", origin, [what, "respawn: false"], { key: "respawn" });
    else tell(draft, "taken", origin, [what, "a service is started again whatever its exit code"]);
    if (codes) tell(draft, "changed", codes, ["exitcodes", `it means nothing with ${what}; left out`]);
  }
  takeRetries(draft, last);
}

/** supervisord counts starts that did not last until one does, svc all respawns in a time. */
function takeRetries(draft: Job["draft"], last: Last): void {
  const retries = last("startretries");
  if (!retries) return;
  const count = retries.text.trim();
  if (draft.keys.respawn === false)
    tell(draft, "changed", retries, ["startretries", "it is never respawned; left out"]);
  else if (!/^[1-9]\d*$/.test(count)) notUnderstood(draft, retries);
  else {
    draft.keys.respawn_limit = `${count} in 1m`;
    draft.keys.on_limit = "fail";
    const because = "svc counts respawns in a time; supervisord those before it lasted for startsecs";
    tell(draft, "changed", retries, [`startretries=${count}`, because], { key: "respawn_limit" });
  }
}

function takeStop({ draft, state }: Job, last: Last): void {
  const seconds = last("stopwaitsecs");
  const wait = seconds?.text.trim() ?? "";
  if (seconds && !/^\d+$/.test(wait)) notUnderstood(draft, seconds);
  else if (seconds && state.runs !== null) {
    const isOther = draft.keys.stop_grace_period !== undefined;
    const because = isOther ? "supervisord waits this long, whatever --stop-timeout says" : "stop_grace_period";
    draft.keys.stop_grace_period = `${wait}s`;
    tell(draft, isOther ? "changed" : "taken", seconds, [`stopwaitsecs=${wait}`, because], {
      key: "stop_grace_period",
    });
  }
  const signal = last("stopsignal");
  const name = signal ? signalOf(signal.text.trim()) : null;
  if (signal && name === null) notUnderstood(draft, signal);
  else if (signal && name !== null) {
    draft.keys.stop_signal = String(name);
    tell(draft, "taken", signal, ["stopsignal", "stop_signal"], { key: "stop_signal" });
  }
}

function notUnderstood(draft: Job["draft"], setting: Setting): void {
  const { name, source, text } = setting;
  const because = text.includes("%(") ? onlySupervisord : "its value means nothing to supervisord";
  tell(draft, "not understood", setting, [name, because], { source });
}

function isTrue(text: string): boolean {
  return /^(true|yes|on|1)$/i.test(text.trim());
}

function isFalse(text: string): boolean {
  return /^(false|no|off|0)$/i.test(text.trim());
}
