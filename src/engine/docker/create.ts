import type Docker from "dockerode";
import type { CreateBody, CreateRequest, JsonObject } from "../../unit/docker-run/create-request.ts";
import { type CreatedContainer, EngineError } from "../engine.ts";
import { ask } from "./deadline.ts";

/**
 * A container that is not started yet. Engines before API 1.44 refuse several networks at once: there it is made with the one that
 * is its network mode, and connected to the others after. What could not be connected to all of them is not left.
 */
export async function createContainer(
  docker: Docker,
  request: CreateRequest,
  deadlineMs: number,
): Promise<CreatedContainer> {
  try {
    return await create(docker, request, deadlineMs);
  } catch (error) {
    const [first, others] = splitNetworks(request.body);
    if (!(error instanceof EngineError) || error.status !== 400 || others.length === 0) throw error;
    const made = await create(docker, { ...request, body: first }, deadlineMs);
    try {
      for (const [network, endpoint] of others) await connect(docker, made.id, network, endpoint, deadlineMs);
    } catch (refusal) {
      // What refused the network is to be told, not what refused the removal.
      await ask(deadlineMs, (abortSignal) =>
        docker.getContainer(made.id).remove({ force: true, v: true, abortSignal }),
      ).catch(() => undefined);
      throw refusal;
    }
    return made;
  }
}

/** dockerode's own create drops the warnings. */
async function create(
  docker: Docker,
  { name, platform, body }: CreateRequest,
  deadlineMs: number,
): Promise<CreatedContainer> {
  // Else dockerode would say all of it twice, in the address too, where engines and proxies write it into their logs.
  const options = { _query: { ...(name ? { name } : {}), ...(platform ? { platform } : {}) }, _body: body };
  const made = await ask(deadlineMs, (abortSignal) => dial(docker, { options, abortSignal }));
  return { id: made.Id, warnings: made.Warnings ?? [] };
}

type Made = { readonly Id: string; readonly Warnings: readonly string[] | null };

function dial(docker: Docker, call: { readonly options: object; readonly abortSignal: AbortSignal }): Promise<Made> {
  const statusCodes = { 200: true, 201: true, 400: "bad parameter", 404: "no such image", 500: "server error" };
  return new Promise((resolve, reject) => {
    docker.modem.dial({ path: "/containers/create?", method: "POST", statusCodes, ...call }, (error, made) =>
      error ? reject(error) : resolve(made as Made),
    );
  });
}

type Endpoints = { readonly [network: string]: JsonObject };

function splitNetworks(body: CreateBody): [CreateBody, [string, JsonObject][]] {
  const endpoints = (body.NetworkingConfig?.EndpointsConfig ?? {}) as Endpoints;
  const mode = String(body.HostConfig?.NetworkMode ?? "");
  const own = Object.hasOwn(endpoints, mode) ? mode : Object.keys(endpoints)[0];
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
