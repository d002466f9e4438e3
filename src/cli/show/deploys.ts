import type { DeployRecord } from "../../control/request.ts";
import { table } from "./table.ts";

/** A line a deploy, newest last. */
export function showDeploys(all: readonly DeployRecord[]): string {
  if (all.length === 0) return "nothing was deployed here yet\n";
  const rows = all.map((one) => [
    one.startedAt,
    one.app,
    `${one.from ?? "-"} -> ${one.to}`,
    one.digest?.replace("sha256:", "").slice(0, 12) ?? "-",
    one.result,
    one.endedAt === null ? "-" : `${Math.round((Date.parse(one.endedAt) - Date.parse(one.startedAt)) / 1000)} s`,
    one.who,
    one.because,
  ]);
  return table([["STARTED", "APP", "TAG", "DIGEST", "RESULT", "TOOK", "WHO", "BECAUSE"], ...rows]);
}
