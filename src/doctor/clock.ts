import { type Finding, type Host, ok, warn } from "./finding.ts";
import { run } from "./run.ts";

const skewMs = 5_000;

/** The host's clock against the engine's, and whether anybody keeps it right; nothing where neither can be asked. Delays of svc do not depend on it; log times do. */
export async function lookAtClock({ info }: Host): Promise<readonly Finding[]> {
  const now = Date.now();
  const apart = info && Number.isFinite(info.date) ? Math.abs(info.date - now) : 0;
  if (apart > skewMs) {
    const found = `the engine's clock is ${Math.round(apart / 1000)} s off this one`;
    return [warn("clock", found, "set both by NTP: apt-get install systemd-timesyncd")];
  }
  const synchronized = await run("timedatectl", ["show", "-p", "NTPSynchronized", "--value"]);
  if (synchronized === "no")
    return [warn("clock", "nobody keeps it right", "apt-get install systemd-timesyncd, or chrony")];
  if (synchronized === "yes") return [ok("clock", "kept right by NTP")];
  return info ? [ok("clock", "as the engine's")] : [];
}
