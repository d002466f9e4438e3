import { existsSync } from "node:fs";
import { join } from "node:path";
import { Absent } from "../rounds.ts";
import type { Kept, Workshop } from "../workshop.ts";
import type { Supervise } from "./supervised.ts";
import { dockerRun } from "./supervised.ts";

export const supervisord: Supervise = async (workshop, container) => {
  await startSupervisord(
    workshop,
    `[program:bench]\ncommand=${dockerRun(workshop, container)}\nautorestart=true\nstartsecs=0\nstopsignal=KILL\n`,
  );
};

export async function startSupervisord({ host, keep }: Workshop, programs: string): Promise<Kept> {
  if (!existsSync("/usr/bin/supervisord")) throw new Absent("supervisord is not installed");
  const folder = join(host.folder, "supervisord");
  const head = `[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=${folder}/pid\nchildlogdir=${folder}\n`;
  await host.write("supervisord/conf", `${head}${programs}`);
  return keep("/usr/bin/supervisord", ["-c", join(folder, "conf")]);
}
