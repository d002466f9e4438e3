import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { isSea } from "node:sea";
import { dockerEngine } from "../engine/docker/docker-engine.ts";
import { type Engine, EngineError } from "../engine/engine.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import { commandLineOf, quoteWords } from "../unit/docker-run/to-command-line.ts";
import { readApp } from "../unit/read-app.ts";
import { readUnits } from "../unit/read-units.ts";
import type { Launch, Unit } from "../unit/unit.ts";
import { attachTerminal } from "./attach-terminal.ts";
import { oneOff } from "./one-off.ts";
import { type RunnerOptions, readRunnerOptions, runnerUsage } from "./runner-options.ts";

type Environment = { readonly [name: string]: string | undefined };

/** Failures before the container has run, as docker run has them. */
const ownFailure = 125;

/** `docker-runner APP ARGS…`: one task with the image, tag, env and links of the app; the exit code is the task's. */
export async function dockerRunner(args: readonly string[], environment: Environment): Promise<number> {
  try {
    const options = readRunnerOptions(args, environment);
    if (options.help) {
      process.stdout.write(runnerUsage);
      return 0;
    }
    return await runTask(options);
  } catch (error) {
    process.stderr.write(`docker-runner: ${messageOf(error)}\n`);
    if (error instanceof SvcError && error.hint) process.stderr.write(`hint: ${error.hint}\n`);
    return exitCodeOf(error);
  }
}

async function runTask(options: RunnerOptions): Promise<number> {
  const unit = await findUnit(options);
  if (!unit.launch.ok) throw new SvcError("cannot-start", unit.launch.message, { hint: unit.launch.hint });
  const tty = options.tty && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const launch = options.tag === null ? unit.launch : withTag(unit.launch, options.tag);
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const { request, dropped } = oneOff(launch, {
    args: options.args,
    tty,
    servicePorts: options.servicePorts,
    labels: { "svc.oneoff": options.app, "svc.oneoff.pid": String(process.pid), "svc.boot": boot },
  });
  if (options.verbose && dropped.length > 0)
    process.stderr.write(`docker-runner: not taken from the service: ${dropped.join("; ")}\n`);
  if (options.print) {
    process.stdout.write(`${quoteWords(commandLineOf(request))}\n`);
    return 0;
  }
  const engine = dockerEngine();
  await sweep(engine, boot);
  const id = await create(engine, request, launch);
  const release = startGuard(id, unit.stopGraceMs);
  try {
    return await attachTerminal({ engine, id, tty, graceMs: unit.stopGraceMs });
  } catch (error) {
    await engine.remove(id).catch(() => undefined);
    throw linkHint(error);
  } finally {
    release();
  }
}

async function findUnit(options: RunnerOptions): Promise<Unit> {
  const { app, folders } = options;
  const read = await readUnits(folders, { instances: [app] });
  const unit = read.units.find((one) => one.name === app);
  if (unit) return unit;
  const problems = read.problems.filter((problem) => problem.unit === app && problem.severity === "error");
  const [first] = problems;
  if (first) {
    throw new SvcError("invalid-unit", `${first.file}:${first.line}:${first.column}: ${first.message}`, {
      hint: "svc check shows all problems",
    });
  }
  const plain = await readApp(app, folders);
  if (plain) return plain;
  throw new SvcError("unknown-unit", `there is no unit ${app} and no ${folders.defaultDir}/${app}`, {
    hint: "svc list shows all units",
  });
}

function withTag(launch: Launch, tag: string): Launch {
  const bare = launch.image.replace(/:[^/:]+$/, "");
  const image = `${bare}:${tag}`;
  return { ...launch, image, tag, create: { ...launch.create, body: { ...launch.create.body, Image: image } } };
}

/** As docker run does it: create; if the image is not there, pull, and create again. */
async function create(engine: Engine, request: Parameters<Engine["create"]>[0], launch: Launch): Promise<string> {
  const pull = async (): Promise<void> => {
    if (process.stderr.isTTY) process.stderr.write(`docker-runner: pulling ${launch.image}\n`);
    await engine.pull(launch.image, { onProgress: () => undefined, platform: launch.create.platform });
  };
  if (launch.pull === "always") await pull();
  try {
    return (await engine.create(request)).id;
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== "no-such-image" || launch.pull === "never")
      throw linkHint(error);
    await pull();
    return (await engine.create(request)).id;
  }
}

/** The engine's words for a link target that is not there or does not run, with what to do. */
function linkHint(error: unknown): unknown {
  const target = /(?:non running container: \/?|could not get container for |No such container: )([^\s:]+)/.exec(
    messageOf(error),
  )?.[1];
  if (!target) return error;
  return new SvcError("cannot-start", messageOf(error), {
    hint: `it is linked to ${target}: svc start ${target}`,
    cause: error,
  });
}

/** A task whose client and guard both died with the host, or before the start, left its container: those are removed. */
async function sweep(engine: Engine, boot: string): Promise<void> {
  const left = (await engine.list()).filter(
    (one) => one.labels["svc.oneoff"] !== undefined && !isAlive(one.labels, boot),
  );
  await Promise.all(left.map((one) => engine.remove(one.id).catch(() => undefined)));
}

function isAlive(labels: { readonly [label: string]: string }, boot: string): boolean {
  if (labels["svc.boot"] !== boot) return false;
  try {
    process.kill(Number(labels["svc.oneoff.pid"]), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A process of its own that ends the container when this one is killed; it notices by the pipe between them. */
function startGuard(id: string, graceMs: number): () => void {
  const script = isSea() ? [] : [process.argv[1] ?? ""];
  const child = spawn(process.execPath, [...process.execArgv, ...script, "__guard", id, String(graceMs)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return () => child.stdin.end();
}

/** 127: no such command; 126: it cannot be run; 125: all else that kept the task from starting. */
function exitCodeOf(error: unknown): number {
  const text = messageOf(error);
  if (/executable file not found|no such file or directory/i.test(text) && !/bind source|invalid mount/i.test(text))
    return 127;
  if (/permission denied|is a directory/i.test(text) && !/docker.sock|EACCES/.test(text)) return 126;
  return ownFailure;
}
