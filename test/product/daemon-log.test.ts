import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeHost } from "../support/host.ts";
import { program } from "../support/program.ts";
import { until } from "../support/until.ts";

test("a daemon whose log takes no line starts, supervises and ends as ever", { timeout: 60_000 }, async () => {
  const host = await makeHost();
  onTestFinished(host.cleanup);
  await host.unit("web");
  const full = openSync("/dev/full", "w");
  const args = ["daemon", "--state-dir", join(host.folder, "state"), "--log-dir", join(host.folder, "log")];
  const daemon = spawn(program, args, { env: host.env, stdio: ["ignore", full, "pipe"] });
  onTestFinished(() => void daemon.kill("SIGKILL"));
  closeSync(full);
  let wrong = "";
  daemon.stderr?.on("data", (chunk: Buffer) => {
    wrong += chunk;
  });
  const ended = once(daemon, "exit");
  try {
    const answers = () =>
      host
        .ask("version", {})
        .then(() => true)
        .catch(() => false);
    await until(async () => daemon.exitCode !== null || (await answers()));
    await host.reaches("PREFIX-web", { phase: "up" }, 20_000);
    await host.engine.docker("kill", host.name("web"));
    await host.reaches("PREFIX-web", { phase: "up", restarts: 1 }, 20_000);
  } finally {
    daemon.kill("SIGTERM");
  }
  expect([await ended, wrong]).toEqual([[0, null], ""]);
});
