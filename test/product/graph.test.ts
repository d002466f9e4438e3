import { afterAll, beforeAll, expect, test } from "vitest";
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
