import type { TestHost } from "./test-host.ts";

/** Writes `tick 0`, `tick 1`, … five times a second, and ends at once when it is told to. */
export const ticking = ["sh", "-c", "trap 'exit 0' TERM; i=0; while :; do echo tick $i; i=$((i+1)); sleep 0.2; done"];

export const up = { phase: "up", restarts: 0 } as const;
export const siteUp = { mail: up, cache: up, site: up };

/** A clean host with a site that links to a mail relay and needs a cache, all up. */
export async function startSite(host: TestHost): Promise<void> {
  await host.clean();
  await host.unit("mail", { command: ticking, enabled: true });
  await host.unit("cache", { command: ticking, enabled: true });
  await host.unit("site", { command: ticking, links: ["mail"], depends_on: ["cache"], enabled: true });
  await host.start("site");
}

/** The names in the order in which their containers were started. */
export async function startOrder(host: TestHost, ...names: readonly string[]): Promise<readonly string[]> {
  const text = await host.sh(`docker inspect -f '{{.State.StartedAt}} {{.Name}}' ${names.join(" ")}`);
  const lines = text.trim().split("\n").sort();
  return lines.map((line) => line.split(" /")[1] ?? "");
}
