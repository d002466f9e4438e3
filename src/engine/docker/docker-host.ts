import { SvcError } from "../../svc-error.ts";

const ways = "write unix:///PATH/OF/SOCKET or tcp://HOST:PORT";

/** A DOCKER_HOST that dockerode would take for something else, or could not take at all in this program. */
export function refuseHost(host: string): void {
  const [, scheme = "tcp"] = /^([a-z][a-z\d+.-]*):\/\//i.exec(host) ?? [];
  switch (scheme.toLowerCase()) {
    case "unix":
      return;
    case "tcp":
    case "http":
    case "https":
      if (URL.canParse(host.includes("://") ? host : `tcp://${host}`)) return;
      throw new SvcError("usage", `DOCKER_HOST is ${host}: that names no host and port`, { hint: ways });
    case "ssh": {
      const target = host.slice("ssh://".length) || "HOST";
      throw new SvcError("usage", `DOCKER_HOST is ${host}: svc does not speak ssh to an engine`, {
        hint: `run svc on that host, or bring its socket here: ssh -nNT -L /run/there.sock:/var/run/docker.sock ${target}, and DOCKER_HOST=unix:///run/there.sock`,
      });
    }
    default:
      throw new SvcError("usage", `DOCKER_HOST is ${host}: svc knows no such way to an engine`, { hint: ways });
  }
}
