import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keepAlerts } from "../../../src/daemon/alerts/alerts.ts";
import type { Supervisor } from "../../../src/daemon/supervisor.ts";
import { decide } from "../../../src/plan/decide.ts";
import { withState } from "../../../src/plan/world.ts";
import { container, unit, withTag, world } from "../../support/build.ts";
import { until } from "../../support/until.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

test("units that are as they were are passed over, and no event of one is missed for that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "svc-alerts-"));
  const file = join(folder, "events");
  const command = [`echo $SVC_UNIT $SVC_EVENT >>${file}`];
  const deployed = [`echo $SVC_UNIT $SVC_EVENT: $(sed 's/.*"because":"//; s/".*//') >>${file}`];
  const onEvent = { failed: command, crashloop: [], recovered: command, deployed, reverted: [] };
  const clock = virtualClock();
  const units = ["web", "db"].map((name) => withTag(unit(name, { onEvent }), "v1"));
  let now = world({ units, running: ["web", "db"] });
  const listeners: (() => void)[] = [];
  const supervisor = {
    get world() {
      return now;
    },
    get decisions() {
      return decide(now, clock.now());
    },
    onPass: (listener: () => void) => listeners.push(listener),
  } as unknown as Supervisor;
  keepAlerts({
    supervisor,
    clock,
    program: join(folder, "none"),
    lastExit: () => null,
    recorded: async () => undefined,
    failed: (name, because) => expect.fail(`${name}: ${because}`),
    count: (_, work) => work,
    remark: () => undefined,
  });
  const pass = (): void => {
    for (const listener of listeners) listener();
  };
  const events = async (): Promise<string> => readFile(file, "utf8").catch(() => "");
  const said = (lines: readonly string[]) =>
    until(async () => (await events()) === lines.map((line) => `${line}\n`).join(""));
  const runs = (id: string, tag: string) =>
    container(id, { startedAt: clock.now(), made: { image: "", imageId: "", tag, parts: {} } });

  now = withState(now, "web", { container: runs("web.1", "v1") });
  for (let at = 0; at < 3; at++) pass();
  clock.pass(1_000);
  now = withState(now, "web", { container: runs("web.2", "v1"), respawns: [clock.now()] });
  for (let at = 0; at < 3; at++) pass();
  await said(["web failed"]);
  clock.pass(2_000);
  pass();
  // Nothing happens meanwhile: it is looked at again when it has been up for long enough.
  clock.pass(20_000);
  await said(["web failed", "web recovered"]);
  now = withState(now, "web", { container: runs("web.3", "v2") });
  clock.pass(20_000);
  for (let at = 0; at < 3; at++) pass();
  await said(["web failed", "web recovered", "web deployed: tag v1 -> v2; it is ready"]);
  await rm(folder, { recursive: true });
});

test("a command that cannot even be begun, and an end that cannot be recorded, are told of and stop nothing", async () => {
  const onEvent = { failed: ["echo a\0b"], crashloop: [], recovered: [], deployed: [], reverted: [] };
  const web = unit("web", { onEvent });
  const told: string[] = [];
  const alerts = (recorded: () => Promise<void>) =>
    keepAlerts({
      supervisor: { world: world({ units: [web] }), decisions: new Map(), onPass: () => undefined } as never,
      clock: virtualClock(),
      program: "/none",
      lastExit: () => null,
      recorded,
      failed: (name, because) => told.push(`${name}: ${because}`),
      count: (_, work) => work,
      remark: () => undefined,
    });
  alerts(async () => undefined).tell("failed", web, "exit 3");
  await until(async () => told.length === 1);
  alerts(() => Promise.reject(new Error("the disk is full"))).tell("failed", web, "exit 3");
  await until(async () => told.length === 2);
  expect(told).toEqual([
    expect.stringMatching(/^web: on_event failed failed: it cannot be run: .*null bytes/),
    "web: on_event failed failed: the disk is full",
  ]);
});
