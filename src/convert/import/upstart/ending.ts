import { tell } from "../draft.ts";
import type { Job } from "../job.ts";
import type { Stanza } from "./stanzas.ts";

/** task, respawn, its limit, normal exit, and how it is stopped. */
export function takeEnding({ draft, state }: Job, stanzas: readonly Stanza[]): void {
  const last = (name: string): Stanza | undefined => stanzas.findLast((one) => one.name === name);
  const nowhere = { file: draft.file, line: null };
  const task = last("task");
  if (task) {
    draft.keys.type = "task";
    tell(draft, "taken", task, ["task", "type: task"], { key: "type" });
  }
  const respawn = last("respawn");
  const isKeptByEngine = draft.keys.respawn === true;
  delete draft.keys.respawn;
  if (respawn) tell(draft, "taken", respawn, ["respawn", "a service is started again whatever its exit code"]);
  else if (!isKeptByEngine) {
    draft.keys.respawn = false;
    tell(draft, "taken", nowhere, ["no respawn", "respawn: false"], { key: "respawn" });
  }
  const limit = last("respawn limit");
  if (limit && !respawn)
    tell(draft, "changed", limit, ["respawn limit", "without respawn it means nothing; left out"], {
      source: limit.source,
    });
  else if (limit) {
    const [count = "", seconds = ""] = limit.text.split(/\s+/);
    const isUnlimited = count === "unlimited" || count === "0" || seconds === "0";
    draft.keys.respawn_limit = isUnlimited ? "unlimited" : `${count} in ${seconds}s`;
    if (!isUnlimited) draft.keys.on_limit = "fail";
    tell(draft, "taken", limit, ["respawn limit", "respawn_limit"], { key: "respawn_limit" });
  }
  const normal = last("normal exit");
  if (normal) {
    draft.keys.normal_exit = normal.text;
    tell(draft, "taken", normal, ["normal exit", "normal_exit"], { key: "normal_exit" });
  }
  const timeout = last("kill timeout");
  if (timeout && (state.stopsByItself || draft.keys.stop_grace_period !== undefined))
    tell(draft, "changed", timeout, [
      "kill timeout",
      "docker stop, or --stop-timeout, says how long a stop takes; left out",
    ]);
  else if (timeout) {
    draft.keys.stop_grace_period = `${timeout.text}s`;
    tell(draft, "taken", timeout, ["kill timeout", "stop_grace_period"], { key: "stop_grace_period" });
  } else if (state.runs !== null && !state.stopsByItself && draft.keys.stop_grace_period === undefined)
    tell(draft, "changed", nowhere, ["no kill timeout", "upstart's own is 5s, svc's is 10s"]);
  const signal = last("kill signal");
  if (signal && state.signalsByItself)
    tell(draft, "changed", signal, ["kill signal", "docker stop says the signal; left out"]);
  else if (signal) {
    draft.keys.stop_signal = signal.text;
    tell(draft, "taken", signal, ["kill signal", "stop_signal"], { key: "stop_signal" });
  }
}
