import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { must, run } from "../support/real-engine.ts";
import { type Registry, startRegistry } from "../support/registry.ts";
import { tmux } from "../support/tmux.ts";

/** What svc deploy shows while the engine pulls from a registry that takes its time. */
let host: Host;
let registry: Registry;

beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterEach(() => registry?.close());
afterAll(() => host?.cleanup());

/** An app that is up with v1, which was built here; v2 is in the registry. Returns what deploys v2. */
async function appOnV1(name: string, takesMs: number): Promise<readonly string[]> {
  registry = await startRegistry(host.name(name), { tags: { v2: {} }, takesMs, at: "127.0.0.1" });
  await must("docker", ["tag", host.engine.image, `${registry.image}:v1`]);
  await host.write(`default/PREFIX-${name}`, `IMAGE=${registry.image}\n`);
  await host.write(`www/PREFIX-${name}/TAG`, "export TAG=v1\n");
  await host.unit(name, { image: undefined });
  expect(await host.svc("start", `PREFIX-${name}`)).toMatchObject({ code: 0 });
  return ["deploy", host.name(name), "v2", "--min-healthy", "300ms", "--deadline", "20s"];
}

test("without a terminal it is a line a quarter; the digest comes at the end", async () => {
  const deploy = await appOnV1("piped", 1_000);
  const { code, stderr } = await run(program, deploy, { env: host.env });
  expect(code, stderr).toBe(0);
  const lines = stderr.split("\n").filter((line) => /pulls|has v2/.test(line));
  expect(lines.length).toBeGreaterThanOrEqual(3);
  expect(lines.length).toBeLessThanOrEqual(6);
  const quarters = lines
    .slice(0, -1)
    .map((line) => Number(/^this host: pulls: (\d+) %, \d of 1 layers$/.exec(line)?.[1]));
  expect(quarters).toEqual([...new Set(quarters)].sort((a, b) => a - b));
  expect(lines.at(-1)).toMatch(/^this host: has v2, sha256:/);
});

test("on a terminal it is one row, redrawn, which is gone at the end", async () => {
  const deploy = await appOnV1("seen", 4_000);
  const terminal = await tmux(host.name("seen"), host.env);
  try {
    await terminal.press(`${program} ${deploy.join(" ")}`, "Enter");
    await terminal.shows(/^this host: +pulls {2}\[#+\.+\] \d+ %, 0 of 1 layers$/m);
    const end = await terminal.shows(/ is on v2$/m);
    expect(end).not.toContain("pulls");
    expect(end).toMatch(/v1 -> v2, units \S+\nthis host: has v2, sha256:/);
  } finally {
    await terminal.close();
  }
});
