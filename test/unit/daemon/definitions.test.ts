import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDefinitions, serialise } from "../../../src/daemon/definitions.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { unit } from "../../support/build.ts";
import { hosts } from "../../support/random-units.ts";

const hook = {
  where: "host",
  command: ["mail -s hunter2"],
  timeoutMs: 1,
  user: null,
  workingDir: null,
  environment: [],
  privileged: false,
} as const;
const front = { address: "localhost", port: 80, dialTimeoutMs: 1, threshold: 0.5, minimumSamples: 5 };
const full = unit("full", {
  ready: { how: "http", host: null, port: 80, path: "/", status: null },
  stopSignal: "SIGINT",
  listen: [{ ...front, target: 8000, drainMs: 10 }],
  breakers: [{ ...front, name: "db", to: { host: "db.example", port: 5432 } }],
  hooks: { preStart: [hook], postStart: [], preStop: [], postStop: [] },
  onEvent: { failed: ["curl hunter2"], crashloop: [], recovered: [], deployed: [], reverted: [] },
});

/** What is left of a unit: it can be supervised, and not started. */
function kept(one: Unit): Unit {
  return {
    ...one,
    launch: { ok: false, code: "invalid-unit", message: "its unit file has errors", hint: `svc check ${one.name}` },
    hooks: { preStart: [], postStart: [], preStop: [], postStop: [] },
    onEvent: { failed: [], crashloop: [], recovered: [], deployed: [], reverted: [] },
  };
}

test("definitions are read as they were written, but for what the engine was given and hooks, where secrets are", () => {
  fc.assert(
    fc.property(hosts, ({ units }) => {
      const all = new Map([...units, full].map((one) => [one.name, one]));
      const text = serialise("boot", all);
      expect(text).not.toMatch(/hunter2|"Image"/);
      expect(parseDefinitions(text)).toEqual({
        boot: "boot",
        units: new Map([...all].map(([name, one]) => [name, kept(one)])),
        unreadable: [],
      });
    }),
    { numRuns: 20 },
  );
});

test("the definitions that each version left are understood", () => {
  const text = readFileSync(join(import.meta.dirname, "../../saved/definitions/1.json"), "utf8");
  expect(parseDefinitions(text)).toEqual({ boot: "BOOT", units: new Map([["full", kept(full)]]), unreadable: [] });
});

test("a unit that is not understood costs no other", () => {
  const { units } = JSON.parse(serialise("boot", new Map([["full", full]])));
  const text = JSON.stringify({ version: 1, boot: "boot", units: [{ name: "newer", type: "timer" }, ...units] });
  expect(parseDefinitions(text)).toEqual({
    boot: "boot",
    units: new Map([["full", kept(full)]]),
    unreadable: ["newer"],
  });
});

test.each(["", "{", "[]", '{"version":2,"boot":"","units":[]}', '{"version":1,"boot":"x","units":["a"]}'])(
  "what cannot be understood is no definition: %s",
  (text) => expect(parseDefinitions(text)).toBeInstanceOf(Error),
);
