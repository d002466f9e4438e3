import { randomUUID } from "node:crypto";
import { type Engine, EngineError } from "../engine/engine.ts";
import { messageOf, SvcError } from "../svc-error.ts";
import type { CreateRequest } from "../unit/docker-run/create-request.ts";
import type { TerminalSize } from "../unit/one-off.ts";
import type { Launch } from "../unit/unit.ts";
import { createTask } from "./create-task.ts";
import { hintOf, isUnreached } from "./hint.ts";
import { keeperLabels } from "./keepers.ts";
import { Left, runAttached } from "./run-attached.ts";
import { startGuard } from "./start-guard.ts";
import { sweep } from "./sweep.ts";

export type Task = {
  readonly app: string;
  readonly request: CreateRequest;
  readonly launch: Launch;
  readonly terminal: TerminalSize | null;
  readonly graceMs: number;
};

/** Makes the container, runs it to its end, and sees that it is gone however this process ends; returns its exit code. */
export async function runTask(task: Task): Promise<number> {
  const { dockerEngine } = await import("../engine/docker/docker-engine.ts");
  const engine = dockerEngine();
  const run = randomUUID();
  const { app, graceMs } = task;
  const guard = startGuard(run, graceMs);
  const pids = [process.pid, ...(guard.pid === null ? [] : [guard.pid])];
  const labels = keeperLabels({ app, run, graceMs, pids });
  guard.creating();
  try {
    const id = await makeContainer(engine, withLabels(task.request, labels), task.launch);
    guard.made(id);
    const code = await runToItsEnd(engine, id, task);
    guard.release();
    return code;
  } catch (error) {
    if (!isLeftToGuard(error)) guard.release();
    throw error;
  }
}

async function makeContainer(engine: Engine, request: CreateRequest, launch: Launch): Promise<string> {
  // Why an engine cannot be asked is said by the create.
  const swept = sweep(engine).catch(() => undefined);
  try {
    const id = await createTask(engine, request, launch);
    await swept;
    return id;
  } catch (error) {
    // Nothing was asked of it, so there is nothing for the guard to wait for.
    if (isUnreached(error))
      throw new SvcError("engine-away", messageOf(error), { hint: hintOf(error) ?? "", cause: error });
    throw error;
  }
}

async function runToItsEnd(engine: Engine, id: string, { terminal, graceMs }: Task): Promise<number> {
  try {
    return await runAttached({ engine, id, terminal, graceMs });
  } catch (error) {
    if (!isLeftToGuard(error)) await engine.remove(id).catch(() => undefined);
    throw error;
  }
}

/** There may be a container that this process will not end: it was told to go, or the engine does not answer any more. */
function isLeftToGuard(error: unknown): boolean {
  return error instanceof Left || (error instanceof EngineError && error.status === 0);
}

function withLabels(request: CreateRequest, labels: { readonly [label: string]: string }): CreateRequest {
  return { ...request, body: { ...request.body, Labels: { ...request.body.Labels, ...labels } } };
}
