import { randomUUID } from "node:crypto";
import { ownVersion } from "../../control/own-program.ts";
import { type Deploy, deploy } from "../../deploy/deploy.ts";
import { deployHooks } from "../../deploy/deploy-hooks.ts";
import { SvcError } from "../../svc-error.ts";
import { type Cli, printJson } from "../context.ts";
import { spanOf } from "../show/times.ts";
import { deployView } from "./deploy-view.ts";
import { type ErrandOptions, errandOf, readDeployFileOf, refuseOtherApp } from "./errand.ts";

export type DeployOptions = ErrandOptions & {
  readonly tasks?: string;
  readonly batch?: string;
  readonly pause?: string;
  readonly keep?: string;
  readonly resume?: string;
};

/** `svc deploy`: words are `[APP] TAG`. */
export async function deployApp(cli: Cli, words: readonly string[], options: DeployOptions): Promise<number> {
  const file = await readDeployFileOf(options);
  const { app, tag } = named(words, file?.app ?? null, options.file);
  const { say, pulling } = deployView(cli);
  const errand = errandOf(cli, { id: options.resume ?? randomUUID(), app, say }, options, file);
  const { id } = errand;
  const warnings: string[] = [];
  const what: Deploy = {
    ...errand,
    tag,
    version: ownVersion,
    tasks: options.tasks === undefined ? (file?.tasks ?? []) : wordsOf(options.tasks),
    batch: options.batch === undefined ? (file?.batch ?? 1) : count("--batch", options.batch, "hosts"),
    keep: options.keep === undefined ? (file?.keep ?? 5) : count("--keep", options.keep, "images"),
    pauseMs: options.pause === undefined ? (file?.pauseMs ?? 0) : spanOf(options.pause),
    pulling,
    hook: deployHooks(file?.hooks ?? noHooks, { environment: cli.environment, onLine: (line) => say(null, line) }),
    warn(line) {
      warnings.push(line);
      cli.err(`svc: ${line}\n`);
    },
    date: () => new Date().toISOString(),
  };
  say(null, `deploy ${id}`);
  await deploy(what);
  if (cli.json) printJson(cli, { id, app, tag, hosts: what.hosts.map(({ name }) => name), ok: true, warnings });
  else if (!cli.quiet) cli.out(`${app} is on ${tag}\n`);
  return 0;
}

const noHooks = { before: [], after: [], failed: [] };

/** `APP TAG`, or `TAG` alone where the file names the app. */
function named(
  words: readonly string[],
  inFile: string | null,
  file: string | undefined,
): { app: string; tag: string } {
  const tag = words.at(-1) ?? "";
  const app = words.length > 1 ? words[0] : inFile;
  if (words.length === 1 && (app === null || app === undefined)) {
    const message = file === undefined ? "no tag is named" : `${file} names no app`;
    throw new SvcError("usage", message, { hint: "svc deploy APP TAG, or app: in deploy.yml" });
  }
  refuseOtherApp(app ?? undefined, inFile, file, `svc deploy -f ${file} ${tag}`);
  return { app: app ?? "", tag };
}

function wordsOf(tasks: string): readonly (readonly string[])[] {
  return tasks
    .split(",")
    .filter(Boolean)
    .map((task) => task.trim().split(/\s+/));
}

function count(option: string, said: string, of: string): number {
  const number = Number(said);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new SvcError("usage", `"${said}" is no number of ${of}`, { hint: `${option} 2` });
}
