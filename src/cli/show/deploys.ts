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

type DeployKey = {
  readonly name: string;
  readonly sentence: string;
  readonly takes: string;
  readonly fallback: string | null;
  readonly example: string;
};

/** All keys of a deploy.yml, and a file that has them. */
export function showDeployKeys(keys: readonly DeployKey[]): string {
  const rows = keys.flatMap(({ name, sentence, takes, fallback }) => [
    [`  ${name}`, sentence],
    ["", `${takes}${fallback === null ? "" : `; default: ${fallback}`}`],
  ]);
  const example = keys
    .filter(({ name }) => name !== "hosts")
    .map(({ name, example: value }) => `${name}:${value.startsWith("\n") ? "" : " "}${value}\n`);
  return [
    "svc deploy -f deploy.yml [APP] TAG: what the options say, and more. Options win over the file.\n\n",
    table(rows),
    `\nexample\n${example.join("").replace(/^(?=.)/gm, "  ")}`,
  ].join("");
}
