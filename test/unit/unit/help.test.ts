import { expect, test } from "vitest";
import { showAllKeys, showKey } from "../../../src/cli/show/unit-keys.ts";
import { allKeyHelp, keyHelp } from "../../../src/unit/keys/key-help.ts";

test("all keys are shown in groups, their sentences in one column, on a terminal of 120", () => {
  const shown = showAllKeys(allKeyHelp());
  const rows = shown.split("\n").filter((line) => /^ {2}[a-z_]+ /.test(line));
  expect(rows).toHaveLength(allKeyHelp().flatMap(({ keys }) => keys).length);
  expect(new Set(rows.map((line) => /^ {2}[a-z_]+ +/.exec(line)?.[0].length)).size).toBe(1);
  expect(shown.split("\n").filter((line) => line.length > 120)).toEqual([]);
  expect(
    shown.split("Image, flags and files")[0],
  ).toBe(`A unit file is /etc/svc/units/NAME.yml. NAME@.yml is a template: %i is the instance, %p NAME, %n the unit.

The unit
  description          One line about the unit, shown by status.
  type                 A service runs on; a task that ends with 0 is done.
  enabled              Started at boot.
  app                  Whose env file and TAG file it shares.

`);
});

function shown(key: string): string {
  const help = keyHelp(key);
  return help ? showKey(help) : "";
}

test("a key is shown with what it takes, its default, an example and its kin", () => {
  expect(shown("respawn_limit")).toBe(`respawn_limit
  So many respawns within so long.

  takes     COUNT in TIME, or unlimited
  default   10 in 5m
  see also  type, respawn, on_limit, normal_exit, restart

  example
    respawn_limit: 10 in 5m
`);
});

test("a key with a long form is shown with its fields", () => {
  expect(shown("depends_on")).toBe(`depends_on
  Units that must be ready before it starts.

  takes     a list of units, or a map of them with condition, required, on_loss
  default   none
  see also  wants, links, after, before, conflicts

  example
    depends_on:
      postfix:
        condition: service_started
        on_loss: restart

  as a map
    condition  service_started, service_healthy or service_completed_successfully
               What must be so before it starts; only a task completes. Default: it is ready.
    required   true or false
               false: start also when that unit failed or does not exist. Default: true.
    restart    true or false
               Compose's word for on_loss: restart.
    on_loss    keep, restart or stop
               What becomes of this unit when that one is lost. Default: keep.
`);
});

test("of a log line that makes ready it is said that it must have an end", () => {
  expect(shown("ready")).toContain("found in a line of its output; a line counts once it has ended.");
});

test("the fields of a map that may stand alone or in a list are shown once", () => {
  for (const { keys } of allKeyHelp()) {
    for (const { name, fields } of keys) expect(new Set(fields.map((one) => one.name)).size, name).toBe(fields.length);
  }
  expect(shown("post_stop").match(/^ {4}command /gm)).toHaveLength(1);
});

test("an unknown key is no key", () => {
  expect(keyHelp("linsk")).toBeNull();
});
