import Docker from "dockerode";
import type { Attachment, AttachOptions, Engine, PullOptions } from "../engine.ts";
import { EngineError } from "../engine.ts";
import { detailOf, imageOf, summaryOf } from "./answers.ts";
import { demultiplex } from "./demultiplex.ts";
import { engineError } from "./docker-error.ts";
import { readEvents } from "./events.ts";
import { followLogs } from "./logs.ts";
import { pullImage } from "./pull.ts";

/** Short calls answer within milliseconds; an engine that starts up accepts connections and lets them hang. */
const shortMs = 20_000;
const pingMs = 2_000;
/** Create, start and remove may wait for locks, networks and disks. */
const longMs = 120_000;

/** The Docker engine at DOCKER_HOST or the default socket, through dockerode, which lives in this folder alone. */
export function dockerEngine(options: { readonly host?: string } = {}): Engine {
  const docker = connect(options.host ?? process.env.DOCKER_HOST);
  const container = (id: string): Docker.Container => docker.getContainer(id);

  const engine: Engine = {
    async ping() {
      const version = await ask(pingMs, (abortSignal) => versionOf(docker, abortSignal));
      return { engine: version.Version, api: version.ApiVersion };
    },
    async list() {
      const all = await ask(shortMs, (abortSignal) => docker.listContainers({ all: true, abortSignal }));
      return all.map(summaryOf);
    },
    async inspect(id) {
      try {
        return detailOf(await ask(shortMs, (abortSignal) => container(id).inspect({ abortSignal })));
      } catch (error) {
        if (error instanceof EngineError && error.status === 404) return null;
        throw error;
      }
    },
    async create(request) {
      const { name, platform, body } = request;
      const made = await ask(longMs, (abortSignal) =>
        docker.createContainer({
          ...structuredClone(body),
          ...(name ? { name } : {}),
          ...(platform ? { platform } : {}),
          abortSignal,
        } as unknown as Docker.ContainerCreateOptions),
      );
      return { id: made.id, warnings: [] };
    },
    attach: (id, attach) => attachTo(docker, id, attach),
    start: (id) => fine([304], longMs, (abortSignal) => container(id).start({ abortSignal })),
    // 409: it does not run (any more), which is what a signal is for.
    signal: (id, signal) => fine([404, 409], shortMs, (abortSignal) => container(id).kill({ signal, abortSignal })),
    unpause: (id) => fine([404, 409, 500], shortMs, () => container(id).unpause()),
    remove: (id) => remove(id),
    async wait(id, until, abort) {
      return waitFor(docker, id, until, abort);
    },
    resize: (id, columns, rows) => fine([404, 409], shortMs, () => container(id).resize({ h: rows, w: columns })),
    async image(reference) {
      try {
        return imageOf(await ask(shortMs, () => docker.getImage(reference).inspect()));
      } catch (error) {
        if (error instanceof EngineError && error.status === 404) return null;
        throw error;
      }
    },
    pull: (reference: string, pull: PullOptions) => pullImage(docker, reference, pull),
    logs: (id, logs) => followLogs(container(id), logs),
    events: (onEvent, onEnd) => readEvents(docker, onEvent, onEnd),
  };
  return engine;

  /** By force, with anonymous volumes. While a removal is in progress its end is waited for. */
  async function remove(id: string): Promise<void> {
    const gone = waitFor(docker, id, "removed").catch(() => 0);
    try {
      await ask(longMs, (abortSignal) => container(id).remove({ force: true, v: true, abortSignal }));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.status === 404) return;
      if (error.status !== 409) throw error;
      await gone;
      if (await engine.inspect(id)) throw new EngineError("busy", error.message, 409, { cause: error });
    }
  }
}

/** With DOCKER_HOST in the environment dockerode would ignore a socketPath that is given alone: all four are given. */
function connect(host: string | undefined): Docker {
  if (host === undefined || host === "") return new Docker({ socketPath: "/var/run/docker.sock", ...unixOnly });
  if (host.startsWith("unix://")) return new Docker({ socketPath: host.slice("unix://".length), ...unixOnly });
  return new Docker();
}

const unixOnly = { protocol: "http", host: undefined, port: undefined } as unknown as Docker.DockerOptions;

/** @types/dockerode does not know that `version` takes options. */
function versionOf(docker: Docker, abortSignal: AbortSignal): Promise<Docker.DockerVersion> {
  const { version } = docker as unknown as { version(options: object): Promise<Docker.DockerVersion> };
  return version.call(docker, { abortSignal });
}

/** One call with its deadline; what it rejects with is an EngineError. */
async function ask<T>(deadlineMs: number, call: (abort: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    return await call(deadline);
  } catch (error) {
    if (deadline.aborted) {
      const kind = deadlineMs === pingMs ? "away" : "timeout";
      throw tooLate(kind, deadlineMs, error);
    }
    throw engineError(error);
  }
}

function tooLate(kind: "away" | "timeout", deadlineMs: number, cause: unknown): EngineError {
  return new EngineError(kind, `the engine did not answer within ${deadlineMs / 1000} s`, 0, { cause });
}

/** A call whose refusals with these statuses mean that what was wanted is so already. */
async function fine(
  statuses: readonly number[],
  deadlineMs: number,
  call: (abort: AbortSignal) => Promise<unknown>,
): Promise<void> {
  try {
    await ask(deadlineMs, call);
  } catch (error) {
    if (!(error instanceof EngineError) || !statuses.includes(error.status)) throw error;
  }
}

/**
 * Keys that detach, for a terminal: the engine's own, ctrl-p ctrl-q, would leave the task running with nobody there. Bytes that no
 * keyboard sends in UTF-8 turn this off; they must be in the path, as dockerode would encode them as characters.
 */
const noDetachKeys = "%FF,%FE,%FF,%FE,%FF,%FE,%FF,%FE";

async function attachTo(docker: Docker, id: string, options: AttachOptions): Promise<Attachment> {
  const { tty, stdin, onOutput, onEnd } = options;
  const stream = await attachedStream(
    docker,
    `/containers/${encodeURIComponent(id)}/attach?detachKeys=${noDetachKeys}&`,
    {
      hijack: stdin,
      openStdin: stdin,
      options: { stream: true, stdout: true, stderr: true, stdin },
    },
  );
  const take = tty ? (chunk: Buffer) => onOutput("out", chunk) : demultiplex(onOutput);
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    onEnd();
  };
  stream.on("data", take);
  for (const event of ["end", "close", "error", "aborted"]) stream.on(event, end);
  return {
    write: (chunk) => stream.write(chunk),
    onDrain: (callback) => void stream.on("drain", callback),
    endInput: () => void stream.end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    close: () => {
      (stream as unknown as { destroy(): void }).destroy();
      end();
    },
  };
}

/** The deadline is for the answer alone; a signal that comes later would cut the stream. */
async function attachedStream(docker: Docker, path: string, options: object): Promise<NodeJS.ReadWriteStream> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), shortMs);
  const statusCodes = { 200: true, 404: "no such container", 500: "server error" };
  const dial = { path, method: "POST", isStream: true, statusCodes, abortSignal: late.signal, ...options };
  try {
    return await new Promise((resolve, reject) => {
      docker.modem.dial(dial, (error, stream) => (error ? reject(error) : resolve(stream as NodeJS.ReadWriteStream)));
    });
  } catch (error) {
    if (late.signal.aborted) throw tooLate("timeout", shortMs, error);
    throw engineError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The engine sends the headers at once and the answer when it happens: a connection that is lost in between must not hang. */
async function waitFor(docker: Docker, id: string, condition: string, abort?: AbortSignal): Promise<number> {
  const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/containers/${encodeURIComponent(id)}/wait?condition=${condition}&`,
        method: "POST",
        isStream: true,
        statusCodes: { 200: true, 404: "no such container", 500: "server error" },
        ...(abort ? { abortSignal: abort } : {}),
      },
      (error, stream) => (error ? reject(engineError(error)) : resolve(stream as NodeJS.ReadableStream)),
    );
  });
  const text = await new Promise<string>((resolve, reject) => {
    let all = "";
    answer.on("data", (chunk: Buffer) => {
      all += chunk.toString();
    });
    const lost = (): void => reject(new EngineError("away", "the engine went away while it was waited for"));
    answer.on("end", () => (all === "" ? lost() : resolve(all)));
    for (const event of ["error", "aborted", "close"]) answer.on(event, lost);
  });
  const { StatusCode } = JSON.parse(text) as { StatusCode: number };
  return StatusCode;
}
