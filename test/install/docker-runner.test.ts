import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { allGone, cleanUp, startRunner, tasksOf } from "../support/runner.ts";
import { dist } from "./support.ts";

let host: Host;
beforeAll(async () => {
  host = await makeHost();
  await host.write("units/PREFIX-app.yml", "image: IMG\nstop_grace_period: 1s\n");
});
afterAll(() => cleanUp(host));

test("the executable, called as docker-runner, runs a task, and its guard ends it when the client is killed", async () => {
  const program = [join(dist, "docker-runner")];
  const task = startRunner(host, ["PREFIX-app", "sh", "-c", "echo up; exec sleep 600"], { program, env: { PATH: "" } });
  await task.says("up\n");
  expect((await tasksOf(host, "PREFIX-app")).length).toBe(1);
  task.child.kill("SIGKILL");
  await task.ended;
  await allGone(host, "PREFIX-app");
});
