import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { nodeImage } from "../support/node-image.ts";
import { freePort } from "../support/tcp.ts";
import { until } from "../support/until.ts";

/** Ten deploys under load. */
let host: Host;
let port: number;
beforeAll(async () => {
  host = await makeHost();
  await nodeImage(`${host.engine.prefix}-site:build-0`);
  port = await freePort();
  await host.startDaemon();
}, 120_000);
afterAll(() => host.cleanup());

test("ten deploys under load, connections kept alive and not: not one request fails", {
  timeout: 240_000,
}, async () => {
  await host.write("www/PREFIX-site/TAG", "export TAG=build-0\n");
  await host.write("www/PREFIX-site/REVERT", "export TAG=build-0\n");
  const unit = {
    image: `${host.engine.prefix}-site`,
    command: ["/node", "/server.mjs"],
    environment: { WORD: "hello" },
    update: "start-first",
    listen: { published: port, target: 8000, drain: "500ms" },
    stop_grace_period: "20s",
  };
  await host.write("units/PREFIX-site.yml", JSON.stringify(unit));
  expect(await host.svc("start", "PREFIX-site")).toMatchObject({ code: 0 });
  const load = [wrk(), wrk("-H", "Connection: close")];
  for (let build = 1; build <= 10; build++) {
    await host.engine.docker("tag", `${host.engine.prefix}-site:build-0`, `${host.engine.prefix}-site:build-${build}`);
    const deployed = await host.svc("deploy", "PREFIX-site", `build-${build}`, "--min-healthy", "500ms");
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(await host.status("PREFIX-site")).toMatchObject({ tag: `build-${build}` });
  }
  const { listen } = await host.status("PREFIX-site");
  for (const { end } of load) {
    const words = await end();
    expect(words).toMatch(/[1-9]\d* requests in/);
    expect(words, JSON.stringify(listen)).not.toMatch(/Socket errors|Non-2xx/);
  }
  expect(listen[0]).toMatchObject({ problem: null, target: { failures: 0, resets: 0, refused: 0 } });
  expect(host.daemonOutput()).not.toContain("the process that listens for units");
  await until(async () => {
    const { stdout } = await host.engine.docker("ps", "-aq", "--filter", `name=${host.name("site")}`);
    return stdout.split("\n").filter(Boolean).length === 1;
  });
});

/** Load until it is told to end; then it says how it went. */
function wrk(...args: readonly string[]): { readonly end: () => Promise<string> } {
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn("wrk", ["-t1", "-c8", "-d1h", "--timeout", "10s", ...args, url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = text(child.stdout);
  return {
    end() {
      child.kill("SIGINT");
      return said;
    },
  };
}
