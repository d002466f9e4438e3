import { type Engine, EngineError } from "../engine/engine.ts";
import { SvcError } from "../svc-error.ts";
import type { CreateRequest } from "../unit/docker-run/create-request.ts";
import { splitReference } from "../unit/image-reference.ts";
import type { Launch } from "../unit/unit.ts";
import { pullView } from "./pull-view.ts";

/** As docker run does it: create; if the image is not there, pull, and create again. Returns the container's id. */
export async function createTask(engine: Engine, request: CreateRequest, launch: Launch): Promise<string> {
  if (launch.pull === "always") await pull(engine, launch);
  try {
    return await create(engine, request);
  } catch (error) {
    if (!isImageMissing(error) || launch.pull === "never") throw error;
    await pull(engine, launch);
    return create(engine, request);
  }
}

async function create(engine: Engine, request: CreateRequest): Promise<string> {
  const { id, warnings } = await engine.create(request);
  for (const warning of warnings) process.stderr.write(`WARNING: ${warning}\n`);
  return id;
}

async function pull(engine: Engine, { image, create }: Launch): Promise<void> {
  const view = pullView(image, process.stderr);
  try {
    await engine.pull(image, { onProgress: view.show, platform: create.platform });
  } catch (error) {
    if (!(error instanceof EngineError) || error.status === 0) throw error;
    const message = `${image} is not to be had: ${error.message}`;
    throw new SvcError("pull-failed", message, {
      hint: `docker images ${splitReference(image).bare} lists what is here`,
    });
  } finally {
    view.end();
  }
}

function isImageMissing(error: unknown): boolean {
  return error instanceof EngineError && error.kind === "no-such-image";
}
