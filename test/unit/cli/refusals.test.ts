import { expect, test } from "vitest";
import { showError } from "../../../src/cli/show/error.ts";
import { program } from "../../support/program.ts";
import { run } from "../../support/real-engine.ts";

/** What is refused before anybody is asked, in words and as JSON. */
test.each([
  [["graph", "--svg", "--json"], "--svg and --json exclude each other", "ask for one of them"],
  [["--json", "graph", "--dot"], "--dot and --json exclude each other", "ask for one of them"],
])("%j", async (args, message, hint) => {
  const { code, stdout, stderr } = await run(program, args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(JSON.parse(stderr)).toEqual({ error: { code: "usage", message, hint } });
});

test.each(["help", "schema", "completion bash", "check --units units", "man svc"])(
  "svc %s to a full disk is one line and 1",
  async (command) => {
    const { stdout } = await run("sh", ["-c", `${program} ${command} 2>&1 >/dev/full; echo code $?`]);
    expect(stdout).toBe(
      "svc: stdout cannot be written: ENOSPC: no space left on device, write\nhint: make room, or name another file\ncode 1\n",
    );
  },
);

test("a reader who has enough is no failure", async () => {
  const { stdout } = await run("bash", ["-c", `${program} schema | head -c 1; echo " \${PIPESTATUS[0]}"`]);
  expect(stdout).toBe("{ 0\n");
});

test.each([
  [["strat", "web"], "unknown command 'strat'", "did you mean start?"],
  [["exit"], "unknown command 'exit'", "svc help shows all commands"],
  [["__complet"], "unknown command '__complet'", "svc help shows all commands"],
  [["check", "--no-engin"], "unknown option '--no-engin'", "did you mean --no-engine?"],
  [["check", "--sokcet", "x"], "unknown option '--sokcet'", "did you mean --socket?"],
  [["check", "--force"], "unknown option '--force'", "svc help check"],
])("%j: what was meant is named if it is near", async (args, message, hint) => {
  expect(await run(program, args)).toEqual({ code: 2, stdout: "", stderr: `svc: ${message}\nhint: ${hint}\n` });
});

test("help on a part of a key names the keys that have it", async () => {
  expect(await run(program, ["help", "unit", "on_loss"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "svc: on_loss is no key of its own, but a part of depends_on\nhint: svc help unit depends_on\n",
  });
});

test.each([
  ["", "--socket names no path"],
  [`/tmp/${"x".repeat(103)}`, `the path of a socket has 107 bytes at most, this one 108: /tmp/${"x".repeat(103)}`],
])("a socket at %j is refused", async (socket, message) => {
  const { code, stderr } = await run(program, ["--socket", socket, "list"]);
  expect({ code, told: stderr.split("\n")[0] }).toEqual({ code: 2, told: `svc: ${message}` });
});

test("a folder that is named by nothing is not the current one", async () => {
  const { code, stderr } = await run(program, ["check", "--default-dir", ""]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "svc: --default-dir names no path\nhint: write one after --default-dir\n",
  });
});

test.each([
  ["help", "--json"],
  ["--json", "help", "unit"],
])("svc %s %s: help has no JSON", async (...args) => {
  const { code, stdout, stderr } = await run(program, args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(JSON.parse(stderr)).toEqual({
    error: { code: "usage", message: "help has no JSON", hint: "svc schema prints what unit files take" },
  });
});

test("what svc did not foresee is JSON too where that is asked for", () => {
  const told: string[] = [];
  const err = (text: string): void => void told.push(text);
  expect(showError({ json: true, err }, new TypeError("x is not a function"))).toBe(70);
  expect(showError({ json: false, err }, new TypeError("x is not a function"))).toBe(70);
  expect(told).toEqual([
    '{"error":{"code":"internal","message":"x is not a function"}}\n',
    "svc: x is not a function\n",
  ]);
});
