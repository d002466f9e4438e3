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
