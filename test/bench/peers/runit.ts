import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { Absent } from "../rounds.ts";
import type { Supervise } from "./supervised.ts";
import { dockerRun } from "./supervised.ts";

export const runit: Supervise = async (workshop, container) => {
  if (!existsSync("/usr/bin/runsvdir")) throw new Absent("runit is not installed");
  const { host, keep } = workshop;
  await host.write("runit/bench/run", `#!/bin/sh\nexec ${dockerRun(workshop, container)} >/dev/null 2>&1\n`);
  await chmod(join(host.folder, "runit/bench/run"), 0o755);
  // By HUP it ends what it runs too.
  keep("runsvdir", ["-P", join(host.folder, "runit")], "SIGHUP");
};
