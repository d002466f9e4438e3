import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { must, run } from "../support/real-engine.ts";
import { type Registry, startRegistry } from "../support/registry.ts";
import { tmux } from "../support/tmux.ts";
import { type WatchedEngine, watchedEngine } from "../support/watched-engine.ts";

/** What svc deploy shows while the engine pulls from a registry that takes its time. */
let host: Host;
let registry: Registry;
let engine: WatchedEngine;
const pulls: string[] = [];

beforeAll(async () => {
  host = await makeHost();
  engine = await watchedEngine(join(host.folder, "engine"));
  engine.watch(({ request, at }) => at === "asked" && request.includes("/images/create?") && pulls.push(request));
  host.env.DOCKER_HOST = engine.host;
  await host.startDaemon();
});
afterEach(() => registry?.close());
afterAll(async () => {
  await host?.cleanup();
  await engine?.close();
});

/** An app that is up with v1, which was built here; v2 is in the registry. Returns what deploys v2. */
async function appOnV1(name: string, takesMs: number, change: object = {}): Promise<readonly string[]> {
  pulls.length = 0;
  const tags = { v1: {}, v2: { BAD: "yes" } };
  registry = await startRegistry(host.name(name), { tags, takesMs, at: "127.0.0.1" });
  await must("docker", ["tag", host.engine.image, `${registry.image}:v1`]);
  await host.write(`default/PREFIX-${name}`, `IMAGE=${registry.image}\n`);
  await host.write(`www/PREFIX-${name}/TAG`, "export TAG=v1\n");
  await host.unit(name, { image: undefined, ...change });
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

const platform = process.arch === "x64" ? "linux/amd64" : `linux/${process.arch}`;

test("it is of the unit's platform, within its pull_timeout; what the registry says is no mistake of svc", async () => {
  await appOnV1("platform", 5_000, { platform, pull_timeout: "1s" });
  const pull = () => host.ask("deploy-pull", { app: host.name("platform"), tag: "v2" });
  await expect(pull()).rejects.toMatchObject({
    code: "pull-failed",
    message: expect.stringMatching(/^cannot pull .*:v2 for \S+: it took longer than pull_timeout$/),
  });
  expect(pulls).toEqual([expect.stringContaining(`platform=${encodeURIComponent(platform)}`)]);
  await registry.behaves("refuses");
  await expect(pull()).rejects.toMatchObject({ code: "pull-failed" });
  expect(host.daemonOutput()).not.toContain("at async");
});

const diesWithV2 = {
  command: ["sh", "-c", "[ -z $BAD ] || exit 3; trap 'exit 0' TERM; sleep 3600 & wait"],
  on_bad_tag: "revert",
  ready: { after: "1s" },
};

/** It is on v2, which is here and does not stay up, and v1 is not on this host any more. */
async function onBadTag(name: string): Promise<void> {
  await must("docker", ["rmi", `${registry.image}:v1`]);
  await host.write(`www/PREFIX-${name}/TAG`, "export TAG=v2\n");
  await host.svc("restart", `PREFIX-${name}`, "--no-wait");
}

test("a tag that is put back is pulled with the unit's platform", async () => {
  await appOnV1("back", 0, { ...diesWithV2, platform });
  await must("docker", ["pull", `${registry.image}:v2`]);
  await onBadTag("back");
  await host.reaches("PREFIX-back", { phase: "up", tag: "v1" });
  const ofV1 = pulls.filter((request) => request.includes("tag=v1"));
  expect(ofV1).toEqual([expect.stringContaining(`platform=${encodeURIComponent(platform)}`)]);
});

test("a reexec does not wait for the image of a tag that is put back; the new svc puts it back", async () => {
  await appOnV1("replaced", 5_000, diesWithV2);
  // Made here: the layer of v1 is yet to come.
  const form = host.name("form");
  await must("docker", ["create", "--name", form, host.engine.image, "true"]);
  await must("docker", ["commit", "--change", "ENV BAD=yes", form, `${registry.image}:v2`]);
  const asked = engine.next(/images\/create\?.*tag=v1/, "asked");
  await onBadTag("replaced");
  await asked;
  expect(await host.svc("reexec")).toMatchObject({ code: 0, stderr: expect.not.stringContaining("put-back") });
  await host.reaches("PREFIX-replaced", { phase: "up", tag: "v1" });
  expect(pulls.filter((request) => request.includes("tag=v1"))).toHaveLength(2);
});

test("a tag whose image is never pulled is not put back when it is not there", async () => {
  await appOnV1("stays", 0, { ...diesWithV2, pull_policy: "never" });
  await must("docker", ["pull", `${registry.image}:v2`]);
  await onBadTag("stays");
  const { because } = await host.reaches("PREFIX-stays", { phase: "failed" });
  expect(because).toMatch(/not put back: \S+:v1 is not on this host, and is never pulled for \S+/);
  expect(pulls.filter((request) => request.includes("tag=v1"))).toEqual([]);
});
