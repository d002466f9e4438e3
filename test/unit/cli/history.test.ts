import { expect, test } from "vitest";
import { showHistory } from "../../../src/cli/show/history.ts";
import type { ExitRecord } from "../../../src/control/request.ts";

function exit(words: string, lastLines: readonly string[]): ExitRecord {
  return {
    unit: "web",
    container: "c",
    image: "web:1",
    tag: null,
    startedAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:00:02.000Z",
    ranFor: 2,
    code: 1,
    signal: null,
    oom: false,
    by: "itself",
    words,
    lastLines,
  };
}

test("runs are shown a line each; their last lines only when asked for", () => {
  const records = [exit("exit 1", ["no route", "bye"]), exit("exit 137 (SIGKILL)", [])];
  expect(showHistory(records, false)).toBe(
    [
      "ENDED                     RAN FOR  TAG  BY      HOW",
      "2026-01-01T00:00:02.000Z  2 s      -    itself  exit 1",
      "2026-01-01T00:00:02.000Z  2 s      -    itself  exit 137 (SIGKILL)",
      "",
    ].join("\n"),
  );
  expect(showHistory(records, true)).toBe(
    [
      "ENDED                     RAN FOR  TAG  BY      HOW",
      "2026-01-01T00:00:02.000Z  2 s      -    itself  exit 1",
      "    | no route",
      "    | bye",
      "2026-01-01T00:00:02.000Z  2 s      -    itself  exit 137 (SIGKILL)",
      "",
    ].join("\n"),
  );
  expect(showHistory([], true)).toBe("no run of it has ended yet\n");
  expect(showHistory([], true, 0)).toBe("");
});
