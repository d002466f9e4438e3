import { expect, test } from "vitest";
import { readFiles } from "./support/read-one.ts";

const rest = { drainMs: 30_000, dialTimeoutMs: 2_000, threshold: 0.5, minimumSamples: 20 };

test.each([
  ["8000", [{ address: "localhost", port: 8000, target: 8000, ...rest }]],
  ['"8000:80"', [{ address: "localhost", port: 8000, target: 80, ...rest }]],
  ['"0.0.0.0:80:8000"', [{ address: "0.0.0.0", port: 80, target: 8000, ...rest }]],
  ['"[::1]:80"', [{ address: "::1", port: 80, target: 80, ...rest }]],
  ["[8000, localhost:8001]", [8000, 8001].map((port) => ({ address: "localhost", port, target: port, ...rest }))],
  [
    "{published: 80, target: 8000, host_ip: 10.0.0.1, drain: 5s, dial_timeout: 50ms, threshold: .05, minimum_samples: 3}",
    [
      {
        ...{ address: "10.0.0.1", port: 80, target: 8000, drainMs: 5_000, dialTimeoutMs: 50 },
        ...{ threshold: 0.05, minimumSamples: 3 },
      },
    ],
  ],
])("listen: %s", async (value, listen) => {
  const { units, problems } = await readFiles({ "units/web.yml": `image: web:1\nlisten: ${value}\n` });
  expect(problems).toEqual([]);
  expect(units[0]?.listen).toEqual(listen);
  expect(units[0]?.ready).toEqual({ how: "tcp", host: null, port: listen[0]?.target });
});

test.each([
  ["listen: 70000", "no port"],
  ["listen: example.org:80", "no address"],
  ["listen: {published: 80, threshold: 2}", "threshold"],
  ["listen: 80\nnetwork_mode: host", "none"],
  ["listen: 80\ntype: task", "a task has no clients"],
  ["breakers: {db: {listen: 80, to: db}}", 'breakers.db: "db" is no host and port'],
  ["breakers: {db: {listen: x, to: 'db:5'}}", "breakers.db: listen"],
  ["update: start-first", "needs listen"],
  ['update: start-first\nlisten: 80\nports: ["8000:8000"]', "only one can publish port 8000"],
])("%s is refused", async (keys, words) => {
  const { units, problems } = await readFiles({ "units/web.yml": `image: web:1\n${keys}\n` });
  expect(problems.map(({ message }) => message).join("\n")).toContain(words);
  expect(problems[0]).toMatchObject({ severity: "error", code: "bad-value" });
  expect(units).toEqual([]);
});

test("a healthcheck of its own says when a unit with a front is ready", async () => {
  const file = "image: web:1\nlisten: 80\nhealthcheck: {test: wget -q localhost}\n";
  expect((await readFiles({ "units/web.yml": file })).units[0]?.ready.how).toBe("auto");
});
