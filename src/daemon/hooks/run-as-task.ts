import type { Engine } from "../../engine/engine.ts";
import { messageOf } from "../../svc-error.ts";
import type { CreateBody } from "../../unit/docker-run/create-request.ts";
import { oneOff } from "../../unit/one-off.ts";
import type { Hook, Launch } from "../../unit/unit.ts";

/** Says whose hook a one-off container is, so that one which svc left behind when it was killed is found. */
export const hookLabel = "svc.hook";

/**
 * Runs a hook in a one-off container as docker-runner makes it: the unit's image, env, links and volumes, not its ports. Gives its exit
 * code, or what went wrong.
 */
export async function runAsTask(
  hook: Hook,
  about: {
    readonly unit: string;
    readonly container: string;
    readonly launch: Launch;
    readonly environment: readonly string[];
    readonly engine: Engine;
    readonly onOutput: (stream: "out" | "err", chunk: Buffer) => void;
    readonly abort: AbortSignal;
  },
): Promise<number | string> {
  const { engine, launch, abort } = about;
  const { request } = oneOff(launch, {
    name: about.container,
    args: hook.command,
    terminal: null,
    servicePorts: false,
  });
  const {
    Env = [],
    Labels = {},
    HostConfig = {},
    ...body
  } = request.body as CreateBody & { readonly Env?: readonly string[] };
  const { id } = await engine.create({
    ...request,
    body: {
      ...body,
      Env: [...Env, ...about.environment, ...hook.environment],
      Labels: { ...Labels, [hookLabel]: about.unit },
      ...(hook.user === null ? {} : { User: hook.user }),
      ...(hook.workingDir === null ? {} : { WorkingDir: hook.workingDir }),
      OpenStdin: false,
      StdinOnce: false,
      AttachStdin: false,
      HostConfig: { ...HostConfig, ...(hook.privileged ? { Privileged: true } : {}) },
    } as unknown as CreateBody,
  });
  const giveUp = (): void => void engine.remove(id).catch(() => undefined);
  abort.addEventListener("abort", giveUp);
  try {
    const { promise: drained, resolve } = Promise.withResolvers<void>();
    await engine.attach(id, { tty: false, stdin: false, onOutput: about.onOutput, onEnd: resolve });
    const { exit } = await engine.wait(id, "removed", abort);
    await engine.start(id);
    const code = await exit;
    await drained;
    return code;
  } catch (error) {
    giveUp();
    if (abort.aborted) return `it took longer than ${hook.timeoutMs / 1000} s`;
    return messageOf(error);
  } finally {
    abort.removeEventListener("abort", giveUp);
  }
}
