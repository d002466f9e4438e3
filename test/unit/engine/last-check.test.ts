import { expect, test } from "vitest";
import { lastCheckOf } from "../../../src/engine/docker/last-check.ts";

const said = (ExitCode: number, Output: string) =>
  lastCheckOf({
    Log: [
      { ExitCode: 0, Output: "well" },
      { ExitCode, Output },
    ],
  });

test("how the last check ended is one line that a terminal may be given", () => {
  expect(said(1, "looking\ndb \x1b[31mgone\x1b[0m away\r\n\n")).toBe("exit 1: db gone away");
  expect(said(7, "\x1b]0;title\x07 a\tb \u202e")).toBe("exit 7: ]0;title ab");
  expect(said(1, "x".repeat(5_000))).toBe(`exit 1: ${"x".repeat(200)}…`);
  expect(said(1, "")).toBe("exit 1");
});

test("of a check that could not be run or took too long the engine's words are told", () => {
  expect(said(-1, "Health check exceeded timeout (5s): ")).toBe("Health check exceeded timeout (5s):");
});

test("of one that passed, and of none, nothing is", () => {
  expect(said(0, "well")).toBeNull();
  expect(lastCheckOf({ Log: null })).toBeNull();
  expect(lastCheckOf(undefined)).toBeNull();
});
