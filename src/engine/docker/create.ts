import type Docker from "dockerode";
import type { CreateBody, CreateRequest, JsonObject } from "../../unit/docker-run/create-request.ts";
import { EngineError } from "../engine.ts";
import { ask } from "./deadline.ts";

/**
 * A container that is not started yet. Engines before API 1.44 refuse several networks at once: there it is made with the one that
 * is its network mode, and connected to the others after. What could not be connected to all of them is not left.
 */
export async function createContainer(docker: Docker, request: CreateRequest, deadlineMs: number): Promise<string> {
  try {
    return await create(docker, request, deadlineMs);
  } catch (error) {
    const [first, others] = splitNetworks(request.body);
    if (!(error instanceof EngineError) || error.status !== 400 || others.length === 0) throw error;
    const id = await create(docker, { ...request, body: first }, deadlineMs);
    try {
      for (const [network, endpoint] of others) await connect(docker, id, network, endpoint, deadlineMs);
    } catch (refusal) {
      await ask(deadlineMs, (abortSignal) => docker.getContainer(id).remove({ force: true, v: true, abortSignal }));
      throw refusal;
    }
    return id;
  }
}

async function create(docker: Docker, { name, platform, body }: CreateRequest, deadlineMs: number): Promise<string> {
  const made = await ask(deadlineMs, (abortSignal) =>
    docker.createContainer({
      // Else dockerode would say all of it twice, in the address too, where engines and proxies write it into their logs.
      _query: { ...(name ? { name } : {}), ...(platform ? { platform } : {}) },
      _body: body,
      abortSignal,
    } as unknown as Docker.ContainerCreateOptions),
  );
  return made.id;
}

type Endpoints = { readonly [network: string]: JsonObject };

function splitNetworks(body: CreateBody): [CreateBody, [string, JsonObject][]] {
  const endpoints = (body.NetworkingConfig?.EndpointsConfig ?? {}) as Endpoints;
  const mode = String(body.HostConfig?.NetworkMode ?? "");
  const own = mode in endpoints ? mode : Object.keys(endpoints)[0];
  const mine = Object.entries(endpoints).filter(([network]) => network === own);
  const others = Object.entries(endpoints).filter(([network]) => network !== own);
  return [{ ...body, NetworkingConfig: { EndpointsConfig: Object.fromEntries(mine) } }, others];
}

async function connect(
  docker: Docker,
  id: string,
  network: string,
  endpoint: JsonObject,
  deadlineMs: number,
): Promise<void> {
  await ask(deadlineMs, (abortSignal) =>
    docker.getNetwork(network).connect({ Container: id, EndpointConfig: endpoint, abortSignal } as object),
  );
}
