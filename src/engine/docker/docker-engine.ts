import { setTimeout as delay } from "node:timers/promises";
import Docker from "dockerode";
import type { Attachment, AttachOptions, Engine, PullOptions } from "../engine.ts";
import { EngineError } from "../engine.ts";
import { detailOf, imageOf, infoOf, type RawInfo, summaryOf } from "./answers.ts";
import { createContainer } from "./create.ts";
import { ask } from "./deadline.ts";
import { demultiplex } from "./demultiplex.ts";
import { refuseHost } from "./docker-host.ts";
import { readEvents } from "./events.ts";
import { execIn } from "./exec.ts";
import { followLogs } from "./logs.ts";
import { pullImage } from "./pull.ts";
import { usageReader } from "./usage.ts";

/** How long each kind of call may take until it counts as unanswered. */
export type Deadlines = {
  readonly pingMs: number;
  /** Calls that answer within milliseconds, and streams until they are open. */
  readonly shortMs: number;
  /** Create, start and remove may wait for locks, networks and disks; list and inspect wait for containers that are being started. */
  readonly longMs: number;
  /** A pull in which the engine says nothing: a slow layer sends its progress, one that hangs does not. */
  readonly pullSilenceMs: number;
};

const usual: Deadlines = { pingMs: 2_000, shortMs: 20_000, longMs: 120_000, pullSilenceMs: 300_000 };
const lookEveryMs = 200;

/** The Docker engine at DOCKER_HOST or the default socket, through dockerode, which lives in this folder alone. */
export function dockerEngine(options: { readonly host?: string; readonly deadlines?: Deadlines } = {}): Engine {
  const docker = connect(options.host ?? process.env.DOCKER_HOST);
  const { pingMs, shortMs, longMs, pullSilenceMs } = options.deadlines ?? usual;
  const container = (id: string): Docker.Container => docker.getContainer(id);

  const engine: Engine = {
    async ping() {
      try {
        const version = await ask(pingMs, (abortSignal) => versionOf(docker, abortSignal));
        return { engine: version.Version, api: version.ApiVersion };
      } catch (error) {
        if (!(error instanceof EngineError) || error.kind !== "timeout") throw error;
        throw new EngineError("away", error.message, 0, { cause: error });
      }
    },
    info: async () => infoOf(await ask(shortMs, (abortSignal) => infoFrom(docker, abortSignal))),
    async list() {
      const all = await ask(longMs, (abortSignal) => docker.listContainers({ all: true, abortSignal }));
      return all.map(summaryOf);
    },
    async inspect(id) {
      try {
        return detailOf(await ask(longMs, (abortSignal) => container(id).inspect({ abortSignal })));
      } catch (error) {
        if (error instanceof EngineError && error.status === 404) return null;
        throw error;
      }
    },
    create: (request) => createContainer(docker, request, longMs),
    attach: (id, attach) => attachTo(docker, { id, openMs: longMs }, attach),
    start: (id) => fine([304], longMs, (abortSignal) => container(id).start({ abortSignal })),
    rename: async (id, name) => void (await ask(shortMs, (abortSignal) => container(id).rename({ name, abortSignal }))),
    // 409: it does not run (any more), which is what a signal is for.
    signal: (id, signal) => fine([404, 409], shortMs, (abortSignal) => container(id).kill({ signal, abortSignal })),
    unpause: (id) => fine([404, 409, 500], shortMs, (abortSignal) => container(id).unpause({ abortSignal })),
    remove: (id) => remove(id),
    wait: (id, until, abort) => waitFor(docker, { id, condition: until, openMs: shortMs }, abort),
    exec: (id, exec) => execIn(container(id), exec, shortMs),
    resize: (id, columns, rows) =>
      fine([404, 409], shortMs, (abortSignal) => container(id).resize({ h: rows, w: columns, abortSignal })),
    async image(reference) {
      try {
        return imageOf(await ask(shortMs, () => docker.getImage(reference).inspect()));
      } catch (error) {
        if (error instanceof EngineError && error.status === 404) return null;
        throw error;
      }
    },
    async images(repository) {
      const filters = { reference: [repository] };
      const found = await ask(longMs, (abortSignal) => docker.listImages({ filters, abortSignal } as object));
      return found
        .flatMap(({ RepoTags, Created }) =>
          (RepoTags ?? []).map((reference) => ({ reference, createdAt: Created * 1000 })),
        )
        .filter(({ reference }) => reference.startsWith(`${repository}:`))
        .sort((one, other) => other.createdAt - one.createdAt);
    },
    removeImage: (reference) => fine([404, 409], longMs, () => docker.getImage(reference).remove()),
    pull: (reference: string, pull: PullOptions) => pullImage(docker, reference, { ...pull, silenceMs: pullSilenceMs }),
    logs: (id, logs) => followLogs(container(id), logs, shortMs),
    usage: usageReader(docker, shortMs),
    events: (onEvent, onEnd) => readEvents(docker, { onEvent, onEnd }, shortMs),
  };
  return engine;

  /** By force, with anonymous volumes. While a removal is in progress its end is waited for. */
  async function remove(id: string): Promise<void> {
    const over = new AbortController();
    const never = new Promise<never>(() => undefined);
    const gone = waitFor(docker, { id, condition: "removed", openMs: shortMs }, over.signal)
      .then(({ exit }) => exit)
      .catch(() => never);
    try {
      await ask(longMs, (abortSignal) => container(id).remove({ force: true, v: true, abortSignal }));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.status === 404) return;
      if (error.status !== 409) throw error;
      if (!(await isRemoved(id, gone))) throw new EngineError("busy", error.message, 409, { cause: error });
    } finally {
      over.abort();
    }
  }

  /** While somebody else removes it. Engine 20.10 forgets a wait that reaches it while it clears up, so it is also looked for. */
  async function isRemoved(id: string, gone: Promise<unknown>): Promise<boolean> {
    const deadline = performance.now() + longMs;
    for (let isOver = false; !isOver && performance.now() < deadline; ) {
      isOver = await Promise.race([gone.then(() => true), delay(lookEveryMs, false, { ref: false })]);
      if ((await engine.inspect(id)) === null) return true;
    }
    return false;
  }
}

/** With DOCKER_HOST in the environment dockerode would ignore a socketPath that is given alone: all four are given. */
function connect(host: string | undefined): Docker {
  if (host === undefined || host === "") return new Docker({ socketPath: "/var/run/docker.sock", ...unixOnly });
  if (host.startsWith("unix://")) return new Docker({ socketPath: host.slice("unix://".length), ...unixOnly });
  refuseHost(host);
  return new Docker();
}

const unixOnly = { protocol: "http", host: undefined, port: undefined } as unknown as Docker.DockerOptions;

/** @types/dockerode does not know that `version` takes options. */
function versionOf(docker: Docker, abortSignal: AbortSignal): Promise<Docker.DockerVersion> {
  const { version } = docker as unknown as { version(options: object): Promise<Docker.DockerVersion> };
  return version.call(docker, { abortSignal });
}

/** @types/dockerode does not know that `info` takes options. */
function infoFrom(docker: Docker, abortSignal: AbortSignal): Promise<RawInfo> {
  const { info } = docker as unknown as { info(options: object): Promise<RawInfo> };
  return info.call(docker, { abortSignal });
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

async function attachTo(
  docker: Docker,
  what: { readonly id: string; readonly openMs: number },
  options: AttachOptions,
): Promise<Attachment> {
  const { tty, stdin, onOutput, onEnd } = options;
  const path = `/containers/${encodeURIComponent(what.id)}/attach?detachKeys=${noDetachKeys}&`;
  const wanted = { hijack: stdin, openStdin: stdin, options: { stream: true, stdout: true, stderr: true, stdin } };
  const stream = await ask(what.openMs, (abortSignal) => dial(docker, { path, ...wanted, abortSignal }));
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

/** The engine sends the headers at once and the answer when it happens: a connection that is lost in between must not hang. */
async function waitFor(
  docker: Docker,
  what: { readonly id: string; readonly condition: string; readonly openMs: number },
  abort?: AbortSignal,
): Promise<{ readonly exit: Promise<number> }> {
  const path = `/containers/${encodeURIComponent(what.id)}/wait?condition=${what.condition}&`;
  const answer = await ask(what.openMs, (abortSignal) => dial(docker, { path, abortSignal }), abort);
  const exit = exitFrom(answer);
  exit.catch(() => undefined);
  return { exit };
}

async function exitFrom(answer: NodeJS.ReadableStream): Promise<number> {
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

/** A stream of a container, by a path that dockerode does not make. */
function dial(docker: Docker, call: { readonly path: string; readonly [option: string]: unknown }) {
  const statusCodes = { 200: true, 404: "no such container", 500: "server error" };
  return new Promise<NodeJS.ReadWriteStream>((resolve, reject) => {
    docker.modem.dial({ method: "POST", isStream: true, statusCodes, ...call }, (error, stream) =>
      error ? reject(error) : resolve(stream as NodeJS.ReadWriteStream),
    );
  });
}
