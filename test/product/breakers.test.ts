import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, makeHost } from "../support/host.ts";
import { fakeTarget, freePort, says, talk } from "../support/tcp.ts";
import { until } from "../support/until.ts";

let host: Host;
beforeAll(async () => {
  host = await makeHost();
  await host.startDaemon();
});
afterAll(() => host.cleanup());

test("a breaker of a unit stands in front of what it needs, as long as the unit is wanted", async () => {
  const [listen, to] = [await freePort(), await freePort()];
  const db = await fakeTarget(says("rows"), to);
  const breaker = { listen: `localhost:${listen}`, to: `127.0.0.1:${to}`, threshold: 0.5, minimum_samples: 5 };
  await host.unit("site", { breakers: { db: breaker } });
  expect(await host.svc("start", "PREFIX-site")).toMatchObject({ code: 0 });
  expect((await talk(listen)).heard).toBe("rows");
  const breakerNow = async () => (await host.status("PREFIX-site")).breakers[0];
  expect(await breakerNow()).toMatchObject({ name: "db", problem: null, target: { breaker: { state: "closed" } } });
  await db.close();
  for (let client = 0; client < 20; client++) await talk(listen);
  // On a slow machine its first delay may be over by now.
  expect(["open", "half-open"]).toContain((await breakerNow())?.target?.breaker.state);
  const { stdout } = await host.svc("status", "PREFIX-site");
  expect(stdout).toMatch(new RegExp(`breaker db +localhost:${listen}, .* 127.0.0.1:${to}; breaker (open|half-open)`));
  const well = await fakeTarget(says("rows"), to);
  await until(async () => (await talk(listen)).heard === "rows");
  expect(await host.svc("stop", "PREFIX-site")).toMatchObject({ code: 0 });
  await until(async () => (await talk(listen).catch(() => ({ ended: "ECONNREFUSED" }))).ended === "ECONNREFUSED");
  await well.close();
});
