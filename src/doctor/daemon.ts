import { existsSync } from "node:fs";
import { request } from "../control/client.ts";
import type { DaemonFolders } from "../control/request.ts";
import { SvcError } from "../svc-error.ts";
import { bad, type Finding, type Host, ok, warn } from "./finding.ts";
import { run } from "./run.ts";

/** The daemon on that socket; an error: nobody answers. */
export async function askDaemon(socket: string): Promise<Host["daemon"]> {
  try {
    return await request(socket, "version", {});
  } catch (error) {
    if (error instanceof SvcError) return error;
    throw error;
  }
}

/** Whether it answers, is the same program, and comes back after a boot. */
export async function lookAtDaemon({ daemon, places, version }: Host): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (daemon instanceof SvcError) {
    // A socket that nobody listens on is what a killed daemon leaves behind; the next one takes it.
    const stale = daemon.code === "daemon-away" && existsSync(places.socket);
    findings.push(
      bad("daemon", stale ? `${places.socket} is there, but nobody answers` : daemon.message, daemon.hint ?? null),
    );
  } else if (daemon.version === version) {
    findings.push(ok("daemon", `version ${daemon.version} answers, since ${daemon.upSince}`));
  } else {
    findings.push(warn("daemon", `it is version ${daemon.version}, this command ${version}`, "svc reexec"));
  }
  findings.push(lookedAt(places, daemon instanceof SvcError || daemon.folders === undefined ? null : daemon.folders));
  const enabled = await run("systemctl", ["is-enabled", "svc"]);
  if (enabled === "disabled") findings.push(warn("boot", "svc is not started at boot", "systemctl enable svc"));
  return findings;
}

function lookedAt(places: Host["places"], told: DaemonFolders | null): Finding {
  const words = `units ${places.units}, state ${places.state}, logs ${places.logs}`;
  if (told) return ok("folders", `as the daemon has them: ${words}`);
  const found = `no daemon says which it has; these were looked at: ${words}`;
  return warn("folders", found, "if it was started with others, start it and look again");
}
