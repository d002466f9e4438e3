import { expect, test } from "vitest";
import { leftoversOf } from "../../../src/doctor/leftovers.ts";
import type { ContainerStateName, ContainerSummary } from "../../../src/engine/engine.ts";
import { unit } from "../../support/build.ts";

function container(name: string, state: ContainerStateName, of = name): ContainerSummary {
  return { id: name, name, state, image: "x:1", imageId: "sha256:1", labels: { "svc.unit": of } };
}

const units = { units: [unit("web"), unit("new", { update: "start-first" })], invalid: [], templates: ["worker@"] };

function told(...all: readonly ContainerSummary[]): readonly string[] {
  return leftoversOf(all, units).map(({ state, found, remedy }) => `${state}: ${found} | ${remedy}`);
}

test("nothing is left over where each container is of a unit, or of a template's instance", () => {
  const all = [container("web", "running"), container("worker-3", "running", "worker@3")];
  expect(told(...all)).toEqual(["ok: no container of svc's is without a unit | null"]);
});

test("a container that runs is not told to be removed, as another daemon may supervise it", () => {
  for (const state of ["running", "paused", "restarting"] as const)
    expect(told(container("redis", state))).toEqual([
      `warn: container redis (${state}) is of unit redis, which has no unit file here | ask first who needs it: another svc daemon may supervise it. To have it here: svc import --from-container redis; if nobody needs it: docker stop redis`,
    ]);
});

test("one that has ended, or was never started, is removed by a command that removes none that runs", () => {
  for (const state of ["created", "exited", "dead"] as const)
    expect(told(container("redis", state))).toEqual([
      `warn: container redis (${state}) is of unit redis, which has no unit file here | docker rm -v redis, or write redis.yml again`,
    ]);
});

test("one of a unit that was made and never started", () => {
  expect(told(container("web", "created"))).toEqual([
    "warn: container web of web was made and never started | svc restart web",
  ]);
});

test("a second container of a unit runs on until somebody has looked; one that hands over has two", () => {
  expect(told(container("web", "running"), container("web-old", "running", "web"))).toEqual([
    "warn: web has 2 containers that run: web, web-old | see which is another's: docker inspect web web-old; stop that one: docker stop NAME",
  ]);
  expect(told(container("new", "running"), container("new-next", "running", "new"))).toEqual([
    "ok: no container of svc's is without a unit | null",
  ]);
});
