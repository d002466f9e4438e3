import { expect, test } from "vitest";
import { findCycles } from "../../../src/graph/cycles.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { readFiles } from "./support/read-one.ts";

async function read(files: { readonly [name: string]: string }, instances: readonly string[] = []) {
  const units = Object.entries(files).map(([name, text]) => [name.includes("/") ? name : `units/${name}.yml`, text]);
  const found = await readFiles(Object.fromEntries(units), instances);
  const unit = (name: string): Unit => {
    const one = found.units.find((other) => other.name === name);
    if (!one) throw new Error(`${name}: ${JSON.stringify(found.problems)}`);
    return one;
  };
  const body = (name: string) => {
    const { launch } = unit(name);
    if (!launch.ok) throw new Error(launch.message);
    return launch.create.body;
  };
  const told = found.problems.map(({ file, line, column, message }) => {
    return `${file.replace(/^.*\//, "")}:${line}:${column} ${message}`;
  });
  return { ...found, unit, body, told };
}

test("wherever a unit is named, the engine is told its container's name", async () => {
  const { body, unit, problems } = await read({
    db: "image: a\ncontainer_name: prod-db\n",
    linked: "image: a\nlinks: [db, 'db:store', '/db:slash']\n",
    there: "image: a\nlinks: [db]\nnetworks: [back]\n",
    shared: "image: a\nnetwork_mode: service:db\npid: container:db\nipc: service:db\nvolumes_from: ['db:ro']\n",
    direct: "image: a\noptions: --link prod-db:d --volumes-from prod-db\n",
  });
  expect(problems).toEqual([]);
  expect(body("linked").HostConfig).toEqual({ Links: ["prod-db:db", "prod-db:store", "prod-db:slash"] });
  expect(body("there").NetworkingConfig).toEqual({ EndpointsConfig: { back: { Links: ["prod-db:db"] } } });
  expect(body("shared").HostConfig).toEqual({
    NetworkMode: "container:prod-db",
    PidMode: "container:prod-db",
    IpcMode: "container:prod-db",
    VolumesFrom: ["prod-db:ro"],
  });
  for (const name of ["linked", "there", "shared", "direct"])
    expect(unit(name).needs.map((need) => need.unit)).toEqual(["db"]);
});

test("only a task can be waited for until it is done", async () => {
  const done = "{condition: service_completed_successfully}";
  const { told, problems } = await read({
    migrate: "image: a\ntype: task\n",
    db: "image: a\n",
    once: "image: a\nrespawn: false\n",
    web: `image: a\ndepends_on:\n  migrate: ${done}\n  db: ${done}\n  once:\n    condition: service_completed_successfully\n`,
  });
  expect(told).toEqual([
    "web.yml:4:19 depends_on: db is a service, and only a task completes",
    "web.yml:6:16 depends_on: once is a service, and only a task completes",
  ]);
  expect(problems).toMatchObject([
    {
      unit: "web",
      severity: "error",
      code: "no-task",
      hint: "write type: task in db.yml, or wait for service_healthy",
    },
    { severity: "error" },
  ]);
});

test("a unit whose target's container gets another name has another revision", async () => {
  const web = "image: a\nlinks: [db]\n";
  const revision = async (db: string) => {
    const { launch } = (await read({ db, web })).unit("web");
    return launch.ok && launch.revision;
  };
  expect(await revision("image: a\ncontainer_name: other\n")).not.toBe(await revision("image: a\n"));
  expect(await revision("image: b\n")).toBe(await revision("image: a\n"));
});

test("of several needs of one unit the first is made as strong as all of them", async () => {
  const { unit } = await read({
    db: "image: a\n",
    web: "image: a\ndepends_on: {db: {condition: service_started, required: false}}\nlinks: [db]\nwants: db\n",
    stop: "image: a\ndepends_on: {db: {on_loss: stop}}\nlinks: [db]\n",
  });
  expect(unit("web").needs).toEqual([
    { unit: "db", until: "started", required: true, onLoss: "restart", binds: true, from: "depends_on" },
  ]);
  expect(unit("stop").needs).toMatchObject([{ onLoss: "stop", binds: true }]);
});

test("a unit that names itself in an order is told, and the order is well without it", async () => {
  const { told, problems, units, invalid } = await read({
    c: "image: a\nafter: [db, c]\nbefore: c\nconflicts: [c, db]\n",
    d: "imgae: a\nafter: [d]\n",
    db: "image: a\n",
  });
  expect(told).toEqual([
    "c.yml:2:13 after: it names itself",
    "c.yml:3:9 before: it names itself",
    "c.yml:4:13 conflicts: it names itself",
    'd.yml:1:1 unknown key "imgae"',
    "d.yml:2:9 after: it names itself",
  ]);
  expect(problems[0]).toMatchObject({ unit: "c", severity: "warning", hint: "take it out" });
  expect(units[0]).toMatchObject({ after: ["db"], before: [], conflicts: ["db"] });
  expect(invalid[0]).toMatchObject({ after: [] });
  expect(findCycles(units)).toEqual([]);
});

test("before is the other's after, and order alone pulls nothing in", async () => {
  const { unit, problems } = await read({
    a: "image: a\nbefore: [b]\n",
    b: "image: a\nafter: c\nconflicts: [d]\n",
    c: "image: a\n",
    d: "image: a\n",
  });
  expect(problems).toEqual([]);
  expect(unit("b")).toMatchObject({ after: ["c", "a"], needs: [], conflicts: ["d"] });
  expect(unit("a").after).toEqual([]);
});

test("an ordering that goes round is a cycle; before beside a need in the same direction is none", async () => {
  const round = await read({
    a: "image: a\nbefore: [b]\n",
    b: "image: a\nbefore: [c]\n",
    c: "image: a\nbefore: [a]\n",
  });
  expect(findCycles(round.units)).toEqual([["a", "c", "b"]]);
  const same = await read({
    a: "image: a\nbefore: [b]\n",
    b: "image: a\ndepends_on: [a]\n",
    c: "image: a\nlinks: [b]\n",
  });
  expect(findCycles(same.units)).toEqual([]);
});

test("two units with one container's name: the second is invalid, and is told at its key", async () => {
  const { units, invalid, told } = await read({
    one: "image: a\ncontainer_name: same\n",
    same: "image: a\n",
    two: "image: a\ncontainer_name: same\n",
  });
  expect(units.map(({ name }) => name)).toEqual(["one"]);
  expect(invalid.map(({ name }) => name)).toEqual(["same", "two"]);
  expect(told).toEqual([
    "same.yml:1:1 its container's name same is that of one too",
    "two.yml:2:17 its container's name same is that of one too",
  ]);
});

test("a template: %i, %p, %n and %% in its instances, in values and in keys; %% stays elsewhere", async () => {
  const { body, unit, problems, templates } = await read(
    {
      "worker@":
        'image: a\ncommand: ["%i", "%p", "%n", "%%i", "100%", "%x"]\nlabels: {"q.%i": "%i"}\nports: [\'80%i:80\']\n',
      "worker@9": "image: own\n",
      web: "image: a\ncommand: date +%%s\ndepends_on: [worker@2]\nlinks: ['worker@1:w']\n",
    },
    ["worker@1", "worker@9", "nothing@1", "worker@"],
  );
  expect(problems).toEqual([]);
  expect(templates).toEqual(["worker@"]);
  expect(body("worker@1").Cmd).toEqual(["1", "worker", "worker@1", "%i", "100%", "%x"]);
  expect(body("worker@1").Labels).toEqual({ "q.1": "1" });
  expect(body("worker@1").HostConfig).toEqual({ PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "801" }] } });
  expect(body("worker@9").Image).toBe("own");
  expect(body("web").Cmd).toEqual(["date", "+%%s"]);
  expect(body("web").HostConfig).toEqual({ Links: ["worker-1:w"] });
  expect(unit("worker@1")).toMatchObject({ container: "worker-1", app: "worker" });
  expect(unit("web").needs.map((need) => need.unit)).toEqual(["worker@2", "worker@1"]);
});

test("a template without an instance is checked as far as nobody has to know what %i is", async () => {
  const files = { "worker@": "image: a\nlinsk: [b]\nports: ['80%i:80']\ntty: maybe\n" };
  const { told, units, invalid } = await read(files);
  expect(told).toEqual(['worker@.yml:2:1 unknown key "linsk"', 'worker@.yml:4:6 tty: "maybe" is not true or false']);
  expect([units, invalid]).toEqual([[], []]);
  const asked = await read(files, ["worker@1"]);
  expect(asked.told).toEqual(told);
  expect(asked.invalid.map(({ name }) => name)).toEqual(["worker@1"]);
});

test("external links and volumes of containers outside are no needs, and need no unit", async () => {
  const { unit, told } = await read({
    web: "image: a\nexternal_links: [old]\nvolumes_from: ['container:old']\nlinks: [old]\n",
  });
  expect(unit("web").needs).toEqual([]);
  expect(told).toEqual(["web.yml:4:9 links: old is no unit; svc will not start it"]);
});

test("one unit's mistakes leave the others as they are", async () => {
  const { units, invalid } = await read({
    bad: "image: [a\n",
    web: "image: a\ndepends_on: [bad]\n",
    other: "image: a\n",
  });
  expect(units.map(({ name }) => name)).toEqual(["other", "web"]);
  expect(invalid.map(({ name }) => name)).toEqual(["bad"]);
});
