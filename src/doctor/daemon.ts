import { existsSync } from "node:fs";
import { request } from "../control/client.ts";
import { SvcError } from "../svc-error.ts";
import { bad, type Finding, type Host, ok, warn } from "./finding.ts";
import { run } from "./run.ts";

/** Whether it answers, is the same program, and comes back after a boot; the unit files' own errors. */
export async function lookAtDaemon({ places, version, units }: Host): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    const daemon = await request(places.socket, "version", {});
    const isSame = daemon.version === version;
    findings.push(
      isSame
        ? ok("daemon", `version ${daemon.version} answers, since ${daemon.upSince}`)
        : warn("daemon", `it is version ${daemon.version}, this command ${version}`, "svc reexec"),
    );
  } catch (error) {
    if (!(error instanceof SvcError)) throw error;
    // A socket that nobody listens on is what a killed daemon leaves behind; the next one takes it.
    const stale = error.code === "daemon-away" && existsSync(places.socket);
    findings.push(
      bad("daemon", stale ? `${places.socket} is there, but nobody answers` : error.message, error.hint ?? null),
    );
  }
  const enabled = await run("systemctl", ["is-enabled", "svc"]);
  if (enabled === "disabled") findings.push(warn("boot", "svc is not started at boot", "systemctl enable svc"));
  const errors = units.problems.filter(({ severity }) => severity === "error").length;
  findings.push(
    errors === 0
      ? ok("unit files", `${units.units.length} units without errors`)
      : bad("unit files", `${errors} error${errors === 1 ? "" : "s"}`, "svc check"),
  );
  return findings;
}
