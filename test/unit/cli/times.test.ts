import { expect, test } from "vitest";
import { clockTime, instantOf, spanOf } from "../../../src/cli/show/times.ts";

process.env.TZ = "America/New_York";

test("times are UTC and say so, whatever the zone; those of another day have their date", () => {
  const now = Date.parse("2026-11-28T22:45:56.789Z");
  expect(clockTime("2026-11-28T01:02:03.456Z", now)).toBe("01:02:03Z");
  expect(clockTime("2026-11-27T23:59:59.000Z", now)).toBe("2026-11-27T23:59:59Z");
});

test("a time that svc has shown can be given to --since, with its Z and without", () => {
  const at = Date.parse("2026-11-28T22:45:56Z");
  for (const text of [
    "2026-11-28T22:45:56Z",
    "2026-11-28T22:45:56",
    "2026-11-28 22:45:56",
    "2026-11-28T17:45:56-05:00",
  ])
    expect(instantOf(text, 0)).toBe(at);
  expect(instantOf("2026-11-28", 0)).toBe(Date.parse("2026-11-28T00:00:00Z"));
  expect(instantOf("10m", 700_000)).toBe(100_000);
  expect(() => instantOf("tomorrow", 0)).toThrow('"tomorrow" is no time');
  for (const text of ["99999999d", "1969-12-31"]) expect(() => instantOf(text, at)).toThrow(`"${text}" is before 1970`);
});

test("a time of today can be given to --since as it is shown; one that is to come yet is yesterday's", () => {
  const now = Date.parse("2026-11-28T14:30:00Z");
  for (const text of ["14:02:07Z", "14:02:07"]) expect(instantOf(text, now)).toBe(Date.parse("2026-11-28T14:02:07Z"));
  expect(instantOf("14:02Z", now)).toBe(Date.parse("2026-11-28T14:02:00Z"));
  expect(instantOf("14:31", now)).toBe(Date.parse("2026-11-27T14:31:00Z"));
  for (const text of ["25:00", "10", "2026", ""]) expect(() => instantOf(text, now)).toThrow(`"${text}" is no time`);
});

test.each([
  ["30s", 30_000],
  ["1m30s", 90_000],
  ["90", 90_000],
  ["1.5", 1_500],
  ["1.5h", 5_400_000],
  ["2min", 120_000],
  ["500ms", 500],
  ["1d", 86_400_000],
])("%s is as long as in a unit file", (text, ms) => {
  expect(spanOf(text)).toBe(ms);
  if (/\D$/.test(text)) expect(instantOf(text, 1e9)).toBe(1e9 - ms);
});

test.each(["", "soon", "-1s", "1x", "1h 30"])("%j is no duration", (text) => {
  expect(() => spanOf(text)).toThrow(`"${text}" is no duration`);
});
