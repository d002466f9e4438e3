import { readFile } from "node:fs/promises";
import { EngineError } from "../engine/engine.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import { bad, type Finding, type Host, ok, warn } from "./finding.ts";

const configFile = "/etc/docker/daemon.json";
const oldest = 20;
/** Default-bridge links are deprecated in engine 29 and to be taken away in 30 (docker/cli, deprecated features). */
const lastWithLinks = 29;

/** Reachability, version, cgroups, log driver, live-restore. */
export async function lookAtEngine({ info, units, problem }: Host): Promise<readonly Finding[]> {
  if (!info) return [bad("engine", messageOf(problem), remedyFor(problem, process.env.DOCKER_HOST))];
  const major = Number(/^\d+/.exec(info.engine)?.[0] ?? 0);
  const linking = units.units.filter(({ needs }) => needs.some(({ from, binds }) => from === "links" && binds));
  const findings = [
    major >= oldest
      ? ok("engine", `version ${info.engine} answers`)
      : bad("engine", `version ${info.engine} is older than 20.10, the oldest that svc knows`, "upgrade docker"),
  ];
  if (major >= lastWithLinks && linking.length > 0) {
    const names = linking.map(({ name }) => name).join(", ");
    const found = `engine ${major} deprecates links on the default bridge, which ${names} use${linking.length === 1 ? "s" : ""}`;
    findings.push(warn("links", found, "write networks: [NAME] in these units and in those that they link to"));
  }
  findings.push(
    info.cgroupVersion === 2
      ? ok("cgroups", "version 2")
      : warn(
          "cgroups",
          "version 1: this engine works with it, but engines since 29 call it deprecated, and systemd 258 and later need version 2",
          "before you upgrade either: boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line; units stay as they are",
        ),
  );
  for (const warning of info.warnings) {
    const remedy = /swap/i.test(warning) ? "add swapaccount=1 to the kernel's command line" : "see docker info";
    findings.push(warn("limits", warning.replace(/^WARNING: /, ""), remedy));
  }
  findings.push(await logging(info.logDriver));
  findings.push(
    info.liveRestore
      ? ok("live-restore", "on: containers run on while the engine is restarted")
      : warn(
          "live-restore",
          "off: a restart or upgrade of docker ends every container",
          `write {"live-restore": true} in ${configFile}, then: systemctl reload docker`,
        ),
  );
  return findings;
}

/** `host`: DOCKER_HOST. */
export function remedyFor(problem: unknown, host: string | undefined): string {
  if (problem instanceof SvcError && problem.hint !== undefined) return problem.hint;
  if (problem instanceof EngineError && (problem.cause as NodeJS.ErrnoException | undefined)?.code === "EACCES")
    return "it is for root and the group docker: sudo svc doctor, or join that group";
  if (host)
    return `DOCKER_HOST names it: ${host}; see that an engine listens there, or unset DOCKER_HOST for the one of this host`;
  return "systemctl status docker; journalctl -u docker -n 50";
}

/** svc keeps what units write; what the engine keeps beside it fills a disk unless it is told not to. */
async function logging(driver: string): Promise<Finding> {
  const about = "log driver";
  if (driver === "none" || driver === "") {
    const found = "none: what is written while svc is away is lost";
    return warn(about, found, `write {"log-driver": "local"} in ${configFile}, then: systemctl restart docker`);
  }
  if (driver === "json-file" && !(await isRotated())) {
    const remedy = `write {"log-driver": "local"} or {"log-opts": {"max-size": "10m"}} in ${configFile}, then: systemctl restart docker`;
    return warn(about, "json-file without max-size: a container that runs long fills the engine's disk", remedy);
  }
  return ok(about, driver);
}

async function isRotated(): Promise<boolean> {
  const text = await readFile(configFile, "utf8").catch(() => "{}");
  try {
    const options = (JSON.parse(text) as { "log-opts"?: { "max-size"?: string } })["log-opts"];
    return options?.["max-size"] !== undefined;
  } catch {
    return false;
  }
}
