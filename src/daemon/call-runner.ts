import type { Clock } from "../clock/clock.ts";
import {
  type ContainerDetail,
  type CreatedContainer,
  type Engine,
  EngineError,
  type PullProgress,
} from "../engine/engine.ts";
import type { Call } from "../plan/call.ts";
import type { Answer, Fact } from "../plan/fact.ts";
import { messageOf } from "../svc-error.ts";
import type { CreateRequest } from "../unit/docker-run/create-request.ts";
import type { Unit } from "../unit/unit.ts";
import type { EngineLink } from "./engine-link.ts";
import type { Hooks } from "./hooks/hooks.ts";
import { containerOf, withLabels } from "./labels.ts";
import type { OpenFiles } from "./open-files.ts";
import type { Runs } from "./runs.ts";
import type { Turns } from "./turns.ts";

export type CallRunnerOptions = {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly boot: string;
  readonly runs: Runs;
  readonly hooks: Hooks;
  readonly files: OpenFiles;
  /** Of all units' launches. */
  readonly launches: Turns;
  /** What was asked for is still wished, after a launch has waited for its turn. */
  readonly isWanted: (unit: string, generation: number) => boolean;
  /** The unit as the disk has it now; null: it is gone. Tells the loop if it changed. */
  readonly reread: (unit: string) => Promise<Unit | null>;
  readonly tell: (fact: Fact) => void;
  /** Why svc cannot listen for it; null: it does, or need not. */
  readonly frontProblem: (unit: Unit) => Promise<string | null>;
  /** What is known of its container without asking the engine; null: that is not enough. */
  readonly known: EngineLink["known"];
  /** The one call that is none of the engine. */
  readonly putBack: (unit: string, call: Extract<Call, { call: "put-back" }>) => Promise<Answer>;
  /** null: it is over. */
  readonly onPull: (unit: string, progress: PullProgress | null) => void;
  readonly pulled: (unit: string, image: string, ms: number) => void;
};

/** Carries calls out, one engine operation each where the engine has it so; decides nothing. */
export function callRunner(options: CallRunnerOptions): (unit: string, call: Call) => Promise<Answer> {
  const { engine, runs } = options;
  return async (name, call) => {
    try {
      switch (call.call) {
        case "launch":
          return (await prepare(name, options)) ?? (await launchInTurn(name, call, options));
        case "pull":
          return await pull(name, call.image, options);
        case "fetch":
          void fetchImage(name, call.image, options);
          return { ok: true };
        case "signal":
          await sendSignal(name, call, options);
          return { ok: true };
        case "kill":
          await engine.signal(call.id, "SIGKILL");
          return { ok: true };
        case "release":
          runs.release(call.id);
          return { ok: true };
        case "remove":
          // The exit is on disk before its container goes.
          await runs.recorded(call.id);
          await engine.remove(call.id);
          return { ok: true };
        case "put-back":
          return await options.putBack(name, call);
        default:
          return call satisfies never;
      }
    } catch (error) {
      return answerOf(error);
    }
  };
}

/** Where svc listens for it, and its pre_start hooks, once its image is there; what is wrong with them is why it cannot start. */
async function prepare(
  name: string,
  { reread, engine, hooks, frontProblem }: CallRunnerOptions,
): Promise<Answer | null> {
  const unit = await reread(name);
  const problem = unit ? await frontProblem(unit) : null;
  if (problem !== null) return { ok: false, kind: "cannot-start", message: `cannot listen for it: ${problem}` };
  if (!unit?.launch.ok || unit.hooks.preStart.length === 0) return null;
  const { image } = unit.launch;
  if ((await engine.image(image)) === null)
    return { ok: false, kind: "no-such-image", message: `No such image: ${image}` };
  const wrong = await hooks.run("preStart", unit, null);
  return wrong === null ? null : { ok: false, kind: "cannot-start", message: wrong };
}

/** A hundred at once would make the engine so slow that it looks as if it were away. */
async function launchInTurn(
  name: string,
  call: Extract<Call, { call: "launch" }>,
  options: CallRunnerOptions,
): Promise<Answer> {
  const leave = await options.launches.take();
  try {
    if (!options.isWanted(name, call.generation))
      return { ok: false, kind: "not-wanted", message: "it is not wanted any more" };
    return await launchWithRoom(name, call, options);
  } finally {
    leave();
  }
}

async function launchWithRoom(
  name: string,
  call: Extract<Call, { call: "launch" }>,
  options: CallRunnerOptions,
): Promise<Answer> {
  const { limit, takeForLaunch } = options.files;
  const giveBack = takeForLaunch();
  if (giveBack === null) {
    const message = `svc may open only ${limit} files, too few for one more unit; raise LimitNOFILE of svc.service`;
    return { ok: false, kind: "cannot-start", message };
  }
  try {
    return await launch(name, call, options);
  } finally {
    giveBack();
  }
}

async function launch(
  name: string,
  call: Extract<Call, { call: "launch" }>,
  options: CallRunnerOptions,
): Promise<Answer> {
  const { engine, clock, runs, hooks, boot } = options;
  const unit = await options.reread(name);
  if (!unit) return { ok: false, kind: "cannot-start", message: "its unit file is gone" };
  if (!unit.launch.ok) return { ok: false, kind: "cannot-start", message: unit.launch.message };
  const request = withLabels(unit, unit.launch, { generation: call.generation, bound: call.bound, boot });
  const made = await createFree(request, options);
  if ("ok" in made) return made;
  const { id } = made;
  const tty = request.body.Tty === true;
  try {
    options.tell({ fact: "appeared", unit: name, container: containerMade(id, request, clock.now()) });
    await runs.attach(unit, id, tty);
    for (const warning of made.warnings) runs.logOf(unit).remark(`the engine warns: ${warning}`);
    await engine.start(id);
  } catch (error) {
    // Its output ends when it is gone.
    await engine.remove(id).catch(() => undefined);
    await runs.forget(id, messageOf(error));
    throw error;
  }
  const startedAt = clock.now();
  const detail = await engine.inspect(id);
  runs.began(id, detail);
  // A failure is told of, and changes nothing; the unit is not kept waiting.
  void hooks.run("postStart", unit, id);
  const times = { startedAt, watchedSince: startedAt, adopted: false };
  const container = detail ? containerOf(detail, times) : containerMade(id, request, startedAt);
  // Had it ended by now, its `die` says so.
  return { ok: true, container: { ...container, state: "running" } };
}

/** Creates it, or tells who has its name; a holder that is gone when it is looked at is no holder. */
async function createFree(
  request: CreateRequest,
  { engine, clock }: CallRunnerOptions,
): Promise<CreatedContainer | Extract<Answer, { kind: "name-in-use" }>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await engine.create(request);
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== "name-in-use" || attempt === 5 || !request.name)
        throw error;
      const detail = await engine.inspect(request.name);
      if (!detail) continue;
      const now = clock.now();
      const holder = containerOf(detail, { startedAt: now, watchedSince: now, adopted: true });
      return { ok: false, kind: "name-in-use", holder, message: error.message };
    }
  }
}

function containerMade(id: string, request: CreateRequest, now: number): ReturnType<typeof containerOf> {
  const made: ContainerDetail = {
    id,
    name: request.name ?? "",
    state: "created",
    image: request.body.Image,
    imageId: "",
    labels: request.body.Labels ?? {},
    tty: request.body.Tty === true,
    exitCode: null,
    oomKilled: false,
    error: "",
    startedAt: null,
    finishedAt: null,
    health: "none",
    lastCheck: null,
    memoryLimitBytes: 0,
    stopSignal: null,
    autoRemove: false,
    addresses: {},
    logDriver: "",
  };
  return containerOf(made, { startedAt: now, watchedSince: now, adopted: false });
}

async function sendSignal(
  name: string,
  { id, why }: Extract<Call, { call: "signal" }>,
  { engine, reread, hooks, known }: CallRunnerOptions,
): Promise<void> {
  const unit = await reread(name);
  // A hook is not run beside a container that has just gone.
  const enough = unit?.hooks.preStop.length === 0 ? known(name, id) : null;
  const detail = enough ?? (await engine.inspect(id));
  if (!detail) return;
  // Of a stop that somebody asked for, or that a restart needs: one that is sick or is not svc's own is not asked.
  const isAsked = why === "unwanted" || why === "replaced";
  if (unit && isAsked && detail.state === "running") await hooks.run("preStop", unit, id);
  await engine.signal(id, unit?.stopSignal ?? detail.stopSignal ?? "SIGTERM");
  // The pause of just before may have been heard of only now.
  if (detail.state === "paused" || known(name, id)?.state === "paused") await engine.unpause(id);
}

/** Looks for it on this host first. What comes of it is told, not answered. */
async function fetchImage(name: string, image: string, options: CallRunnerOptions): Promise<void> {
  const problem = await problemOfImage(name, image, options).catch(messageOf);
  options.tell({ fact: "fetched", unit: name, image, problem, luck: Math.random() });
}

async function problemOfImage(name: string, image: string, options: CallRunnerOptions): Promise<string | null> {
  if ((await options.engine.image(image)) !== null) return null;
  const unit = await options.reread(name);
  if (unit?.launch.ok && unit.launch.pull === "never") return "it is not on this host, and is never pulled";
  const answer = await pull(name, image, options);
  return answer.ok ? null : answer.message;
}

/** A pull in which the engine is silent is given up by the engine's own rule; this is the unit's limit over all of it. */
async function pull(name: string, image: string, options: CallRunnerOptions): Promise<Answer> {
  const { engine, clock } = options;
  const unit = await options.reread(name);
  const timeout = new AbortController();
  const cancel = clock.after(unit?.pullTimeoutMs ?? 900_000, () => timeout.abort());
  const platform = unit?.launch.ok ? unit.launch.create.platform : null;
  const beganAt = clock.now();
  try {
    await engine.pull(image, {
      abort: timeout.signal,
      platform,
      onProgress: (progress) => options.onPull(name, progress),
    });
    options.pulled(name, image, Math.round(clock.now() - beganAt));
    return { ok: true };
  } catch (error) {
    // A pull that was given up looks as if the engine were away.
    if (error instanceof EngineError && error.kind === "away" && !timeout.signal.aborted) throw error;
    const message = timeout.signal.aborted ? "it took longer than pull_timeout" : messageOf(error);
    return { ok: false, kind: "pull-failed", message: `cannot pull ${image}: ${message}` };
  } finally {
    cancel();
    options.onPull(name, null);
  }
}

function answerOf(error: unknown): Answer {
  if (!(error instanceof EngineError)) return { ok: false, kind: "cannot-start", message: messageOf(error) };
  // An engine that accepts a call and does not answer it is as good as away: nobody knows what became of the call.
  if (error.kind === "away" || error.kind === "timeout") return { ok: false, kind: "away", message: error.message };
  if (error.kind === "no-such-image") return { ok: false, kind: "no-such-image", message: error.message };
  return { ok: false, kind: "cannot-start", message: error.message };
}
