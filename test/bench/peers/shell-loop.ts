import type { Supervise } from "./supervised.ts";
import { dockerRun } from "./supervised.ts";

export const shellLoop: Supervise = async (workshop, container) => {
  const script = `while :; do docker stop ${container}; docker rm ${container}; ${dockerRun(workshop, container)}; done`;
  workshop.keep("sh", ["-c", `(${script}) >/dev/null 2>&1`]);
};
