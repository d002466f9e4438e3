import { afterAll, beforeAll, expect, test } from "vitest";
import type { UnitGraph } from "../../src/control/request.ts";
import { type Host, makeHost } from "../support/host.ts";

let host: Host;

beforeAll(async () => {
  host = await makeHost();
  await host.unit("db", { enabled: false });
  await host.unit("web", { enabled: false, links: ["PREFIX-db"] });
  await host.startDaemon();
});

afterAll(() => host?.cleanup());

test("the executable draws a graph with the graphviz that it carries", async () => {
  const { code, stdout, stderr } = await host.svc("graph", "--svg");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("<svg");
  expect(stdout).toContain(host.name("web").replaceAll("-", "&#45;"));
});

test("what a unit needs whose file is wrong is invalid, and not unknown", async () => {
  await host.unit("inv", { restrat: "always" });
  await host.unit("x", { enabled: false, depends_on: ["PREFIX-inv"] });
  const { stdout } = await host.svc("graph", "PREFIX-x", "--json");
  const { units, edges } = JSON.parse(stdout) as UnitGraph;
  expect(units.map(({ name, phase }) => [name, phase])).toEqual([
    [host.name("inv"), "invalid"],
    [host.name("x"), "down"],
  ]);
  expect(edges).toMatchObject([{ from: host.name("x"), to: host.name("inv"), missing: false }]);
  const refused = await host.svc("start", "PREFIX-x");
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`the unit file of ${host.name("inv")} has errors`),
  });
});
