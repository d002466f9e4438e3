import { createServer as createHttpServer, request as httpRequest } from "node:http";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dockerEngine } from "../../src/engine/docker/docker-engine.ts";
import type { Engine, EngineEvent, ExecOptions } from "../../src/engine/engine.ts";
import { EngineError } from "../../src/engine/engine.ts";
import type { CreateRequest } from "../../src/unit/docker-run/create-request.ts";
import { engineAndFolder } from "../support/engine-and-folder.ts";
import { engineProxy } from "../support/engine-proxy.ts";
import { until } from "../support/until.ts";

/** What engine.ts promises, of the Docker engine: each method, again and again, and with the engine away or silent. */
const here = engineAndFolder();
const engine = dockerEngine();
const deadlines = { pingMs: 300, shortMs: 600, longMs: 900, pullSilenceMs: 900 };

let made = 0;
function asking(script: string, change: object = {}): CreateRequest {
  const body = { Image: here.real.image, Cmd: ["sh", "-c", script], HostConfig: { NetworkMode: "none" }, ...change };
  return { name: `${here.real.prefix}-${made++}`, platform: null, body };
}

async function create(script: string, change: object = {}): Promise<string> {
  return (await engine.create(asking(script, change))).id;
}

/** Creates, attaches, starts, and gives back all that it wrote and its code. */
async function runToEnd(script: string, change: object = {}, on: Engine = engine) {
  const written = { out: [] as Buffer[], err: [] as Buffer[] };
  const id = await create(script, change);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  await on.attach(id, {
    tty: "Tty" in change,
    stdin: false,
    onOutput: (stream, chunk) => written[stream].push(Buffer.from(chunk)),
    onEnd: resolve,
  });
  const { exit } = await on.wait(id, "next-exit");
  await on.start(id);
  await ended;
  return { id, code: await exit, out: Buffer.concat(written.out), err: Buffer.concat(written.err) };
}

async function kindOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "resolved";
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return error.kind;
  }
}

const loop = "trap 'exit 7' TERM; sleep 3600 & wait";

describe.concurrent("contract", () => {
  test("a container's life: created, started, signalled, ended, removed, each step as often as one likes", async () => {
    const request = asking(loop, { Labels: { "a.b": "c d" }, StopSignal: "SIGQUIT" });
    const { id } = await engine.create(request);
    const { engine: version } = await engine.ping();
    expect(await engine.ping()).toMatchObject({ api: expect.stringMatching(/^1\./) });
    const info = await engine.info();
    expect(info).toMatchObject({ engine: version, rootFolder: expect.stringMatching(/^\//) });
    expect([1, 2]).toContain(info.cgroupVersion);
    expect(Math.abs(info.date - Date.now())).toBeLessThan(60_000);
    expect(await engine.inspect(id)).toMatchObject({
      id,
      name: request.name,
      state: "created",
      exitCode: null,
      startedAt: null,
      health: "none",
      stopSignal: "SIGQUIT",
      autoRemove: false,
    });
    const ended = await engine.wait(id, "next-exit");
    const removed = await engine.wait(id, "removed");
    await engine.start(id);
    await engine.start(id);
    expect((await engine.list()).find((one) => one.id === id)).toMatchObject({
      name: request.name,
      state: "running",
      image: here.real.image,
      labels: { "a.b": "c d" },
    });
    expect(await engine.inspect(request.name ?? "")).toMatchObject({ id, state: "running", image: here.real.image });
    await engine.signal(id, "SIGTERM");
    expect(await ended.exit).toBe(7);
    await engine.signal(id, "SIGTERM");
    expect(await engine.inspect(id)).toMatchObject({ state: "exited", exitCode: 7, oomKilled: false });
    await Promise.all([engine.remove(id), engine.remove(id), engine.remove(id)]);
    await engine.remove(id);
    expect(await removed.exit).toBe(7);
    await engine.signal(id, "SIGKILL");
    expect(await engine.inspect(id)).toBe(null);
    expect(await kindOf(engine.create(request))).toBe("resolved");
    await engine.remove(request.name ?? "");
  });

  test("a container is on all of its networks from its start, also where the engine takes one at a time", async () => {
    const networks = ["front", "back", "side"].map((name) => `${here.real.prefix}-${name}`);
    const [front = "", back = "", side = ""] = networks;
    for (const network of networks) await here.real.docker("network", "create", network);
    try {
      const EndpointsConfig = { [front]: {}, [back]: { Aliases: ["app"] }, [side]: {} };
      const change = { HostConfig: { NetworkMode: front }, NetworkingConfig: { EndpointsConfig } };
      const id = await create("ls /sys/class/net; sleep 600", change);
      await engine.start(id);
      const { stdout } = await here.real.docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", id);
      const joined = JSON.parse(stdout) as { readonly [network: string]: { readonly Aliases: readonly string[] } };
      expect(Object.keys(joined).sort()).toEqual([...networks].sort());
      expect(joined[back]?.Aliases).toContain("app");
      expect((await here.real.docker("logs", id)).stdout.match(/^eth\d$/gm)).toHaveLength(3);
      await engine.remove(id);
      const lost = { ...change, NetworkingConfig: { EndpointsConfig: { ...EndpointsConfig, [`${side}-not`]: {} } } };
      // The engine looks for the networks of one that does not run when it starts it.
      const lonely = await create("true", lost);
      await expect(engine.start(lonely)).rejects.toThrow(/network .*-not.* not found/i);
      await engine.remove(lonely);
    } finally {
      for (const network of networks) await here.real.docker("network", "rm", network);
    }
  });

  test("of one that cannot be on all of its networks it is told why, also where it cannot be removed again", async () => {
    const front = `${here.real.prefix}-refused`;
    await here.real.docker("network", "create", front);
    const forgetful = await forgetfulEngine(() => undefined);
    const EndpointsConfig = { [front]: {}, bridge: { Aliases: ["app"] } };
    const request = asking("true", { HostConfig: { NetworkMode: front }, NetworkingConfig: { EndpointsConfig } });
    try {
      await expect(dockerEngine({ host: forgetful.host }).create(request)).rejects.toThrow(/alias/);
    } finally {
      await engine.remove(request.name ?? "");
      forgetful.close();
      await here.real.docker("network", "rm", front);
    }
  });

  test("what the engine warns of when it creates one is told", async () => {
    const warned = await engine.create(asking("", { HostConfig: { OomKillDisable: true } }));
    expect(warned.warnings).toEqual([expect.stringMatching(/oom/i)]);
    const fine = await engine.create(asking(""));
    expect(fine.warnings).toEqual([]);
    for (const { id } of [warned, fine]) await engine.remove(id);
  });

  test("remove takes a running and a paused one with its anonymous volumes, and the name is free when it resolves", async () => {
    const request = asking(loop, { Volumes: { "/kept": {} } });
    for (const state of ["running", "paused"]) {
      const { id } = await engine.create(request);
      await engine.start(id);
      const { stdout } = await here.real.docker("inspect", "-f", "{{(index .Mounts 0).Name}}", id);
      if (state === "paused") await here.real.docker("pause", id);
      await engine.remove(id);
      expect((await here.real.docker("volume", "inspect", stdout.trim())).code).toBe(1);
    }
    const again = await engine.create(request);
    await engine.remove(again.id);
  });

  test("one that removes itself: its code comes by wait, its name is free when remove resolves", async () => {
    const request = asking("exit 4", { HostConfig: { NetworkMode: "none", AutoRemove: true } });
    for (let round = 0; round < 5; round++) {
      const { id } = await engine.create(request);
      const { exit } = await engine.wait(id, "next-exit");
      await engine.start(id);
      expect(await exit).toBe(4);
      await engine.remove(id);
    }
  });

  test("what is refused has a kind: the name, the image, the container, the engine's own words", async () => {
    const request = asking("true");
    const { id } = await engine.create(request);
    expect(await kindOf(engine.create(request))).toBe("name-in-use");
    await engine.remove(id);
    expect(await kindOf(engine.create({ ...request, body: { Image: `${here.real.prefix}:none` } }))).toBe(
      "no-such-image",
    );
    await expect(engine.create(asking("true", { HostConfig: { Memory: 1_000 } }))).rejects.toMatchObject({
      kind: "refused",
      status: 400,
      message: expect.stringContaining("memory limit"),
    });
    const missing = `${here.real.prefix}-missing`;
    expect(await kindOf(engine.start(missing))).toBe("no-such-container");
    expect(await kindOf(engine.wait(missing, "removed"))).toBe("no-such-container");
    const onOutput = (): void => undefined;
    expect(await kindOf(engine.attach(missing, { tty: false, stdin: false, onOutput, onEnd: onOutput }))).toBe(
      "no-such-container",
    );
    const logs = {
      tty: false,
      since: null,
      follow: false,
      onLine: () => undefined,
      onRest: () => undefined,
      onEnd: () => undefined,
    };
    expect(await kindOf(engine.logs(missing, logs))).toBe("no-such-container");
    for (const harmless of [
      engine.signal(missing, "SIGTERM"),
      engine.unpause(missing),
      engine.resize(missing, 80, 24),
      engine.remove(missing),
    ]) {
      expect(await kindOf(harmless)).toBe("resolved");
    }
    const bad = await create("true", { Cmd: ["/no/such/program"] });
    await expect(engine.start(bad)).rejects.toMatchObject({
      kind: "no-such-program",
      message: expect.stringContaining("/no/such/program"),
    });
  });

  test("an attach before the start loses no byte of a burst, of either stream", async () => {
    const lines = 20_000;
    const script = `i=0; while [ $i -lt ${lines} ]; do echo "out $i"; i=$((i+1)); done; echo last >&2; printf end`;
    const { out, err, code } = await runToEnd(script);
    expect(code).toBe(0);
    expect(out.toString()).toBe(`${Array.from({ length: lines }, (_, i) => `out ${i}\n`).join("")}end`);
    expect(err.toString()).toBe("last\n");
  });

  test("bytes come as they are: nulls, no UTF-8, a terminal's line ends", async () => {
    const { out } = await runToEnd("printf 'a\\000\\377\\r\\n'");
    expect([...out]).toEqual([97, 0, 255, 13, 10]);
    const terminal = await runToEnd("echo one; echo two >&2", { Tty: true });
    expect(terminal.out.toString()).toBe("one\r\ntwo\r\n");
  });

  test("stdin is written and half-closed; a window is resized; a close leaves the container alone", async () => {
    const id = await create("cat; echo then; sleep 3600", { OpenStdin: true, StdinOnce: true, AttachStdin: true });
    let written = "";
    let ended = 0;
    const attachment = await engine.attach(id, {
      tty: false,
      stdin: true,
      onOutput: (_, chunk) => {
        written += chunk;
      },
      onEnd: () => ended++,
    });
    await engine.start(id);
    attachment.write(Buffer.from("through\n"));
    attachment.endInput();
    attachment.endInput();
    await until(() => written === "through\nthen\n");
    attachment.close();
    attachment.close();
    expect(ended).toBe(1);
    expect(await engine.inspect(id)).toMatchObject({ state: "running" });
    await engine.resize(id, 120, 40);
    await engine.remove(id);
    await engine.resize(id, 120, 40);
  });

  test("a command in a container that runs: its output, its code; given up it rejects; in one that is gone it is refused", async () => {
    const id = await create(loop);
    await engine.start(id);
    const never = new AbortController();
    const written = { out: "", err: "" };
    const onOutput = (stream: "out" | "err", chunk: Buffer): void => {
      written[stream] += chunk;
    };
    expect(await engine.exec(id, echoing(never.signal, { onOutput }))).toBe(3);
    expect(written).toEqual({ out: "out\n", err: "err\n" });
    const asked = ["sh", "-c", 'test "$A $PWD" = "b /tmp" && exit 9'];
    expect(
      await engine.exec(id, echoing(never.signal, { command: asked, environment: ["A=b"], workingDir: "/tmp" })),
    ).toBe(9);
    const late = new AbortController();
    const given = engine.exec(id, echoing(late.signal, { command: ["sleep", "600"] }));
    await until(async () => (await here.real.docker("top", id)).stdout.includes("sleep 600"));
    late.abort();
    expect(await kindOf(given)).toBe("timeout");
    await engine.remove(id);
    expect(await kindOf(engine.exec(id, echoing(never.signal)))).toBe("no-such-container");
  });

  test("a paused one is woken, as often as one likes", async () => {
    const id = await create(loop);
    await engine.start(id);
    await here.real.docker("pause", id);
    expect(await engine.inspect(id)).toMatchObject({ state: "paused" });
    await engine.unpause(id);
    await engine.unpause(id);
    expect(await engine.inspect(id)).toMatchObject({ state: "running" });
    await engine.remove(id);
  });

  test("logs are read from a time on, with the engine's times, and followed to the end", async () => {
    const id = await create("echo one; echo two >&2; sleep 2; echo three; printf rest");
    await engine.start(id);
    const all: string[] = [];
    const times: string[] = [];
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    await engine.logs(id, {
      tty: false,
      since: null,
      follow: true,
      onLine: (stream, time, line) => {
        all.push(`${stream} ${line}`);
        times.push(time);
      },
      onRest: (stream, rest) => all.push(`${stream} ${rest} and no end`),
      onEnd: resolve,
    });
    await ended;
    // Who follows may be sent away before the engine has kept the last of it.
    expect(all.filter((line) => !line.includes("rest")).toSorted()).toEqual(["err two", "out one", "out three"]);
    const later: string[] = [];
    await engine.logs(id, {
      tty: false,
      since: Date.parse(times.at(-1) ?? ""),
      follow: false,
      onLine: (_, __, line) => later.push(line.toString()),
      onRest: (_, rest) => later.push(rest.toString()),
      onEnd: () => undefined,
    });
    expect(later).toEqual(["three", "rest"]);
  });

  test("usage is the CPU time so far, and the memory held of what may be held; of what does not run there is none", async () => {
    const busy = await create("while :; do :; done", { HostConfig: { NetworkMode: "none", Memory: 64 << 20 } });
    expect(await engine.usage(busy)).toBe(null);
    await engine.start(busy);
    const first = await until(() => engine.usage(busy));
    const later = await until(async () => {
      const now = await engine.usage(busy);
      return now && now.cpuMs > first.cpuMs + 100 ? now : null;
    });
    expect(later.atMs - first.atMs).toBeGreaterThan(50);
    expect(later.memoryBytes).toBeGreaterThan(10_000);
    expect(later.memoryBytes).toBeLessThan(64 << 20);
    expect(later.memoryLimitBytes).toBe(64 << 20);
    await engine.remove(busy);
    expect(await engine.usage(busy)).toBe(null);
    const idle = await create(loop);
    await engine.start(idle);
    expect(await until(() => engine.usage(idle))).toMatchObject({ memoryLimitBytes: null });
    await engine.remove(idle);
  });

  test("events tell of every change with name, labels and exit code, until they are closed", async () => {
    const seen: EngineEvent[] = [];
    let ended = 0;
    const request = asking(loop, { Labels: { "a.b": "c" } });
    const close = await engine.events(
      (event) => {
        if (event.labels["a.b"] === "c" && event.name.startsWith(request.name ?? "")) seen.push(event);
      },
      () => ended++,
    );
    const { id } = await engine.create(request);
    await engine.start(id);
    await here.real.docker("pause", id);
    await here.real.docker("unpause", id);
    await here.real.docker("rename", id, `${request.name}x`);
    await engine.signal(id, "SIGTERM");
    await engine.remove(id);
    await until(() => seen.some((event) => event.kind === "destroy"));
    expect(seen.map((event) => event.kind)).toEqual([
      "create",
      "start",
      "pause",
      "unpause",
      "rename",
      "kill",
      ...(seen.filter((event) => event.kind === "kill").length > 1 ? ["kill"] : []),
      "die",
      "destroy",
    ]);
    expect(seen.find((event) => event.kind === "rename")).toMatchObject({ oldName: request.name });
    expect(seen.find((event) => event.kind === "kill")).toMatchObject({ id, signal: "15" });
    close();
    close();
    const count = seen.length;
    await engine.remove((await engine.create(request)).id);
    expect({ count: seen.length, ended }).toEqual({ count, ended: 0 });
  });

  test("an image is described or null; a pull that cannot be is refused with the registry's words", async () => {
    const image = await engine.image(here.real.image);
    expect(image).toMatchObject({ hasHealthcheck: false, stopSignal: null, digests: [] });
    expect(image?.id).toMatch(/^sha256:/);
    expect(await engine.image(`${here.real.prefix}:none`)).toBe(null);
    const onProgress = (): void => undefined;
    await expect(engine.pull("127.0.0.1:9/nothing:1", { onProgress })).rejects.toMatchObject({
      message: expect.stringContaining("connection refused"),
    });
    const registry = await silentServer();
    const port = (registry.address() as { port: number }).port;
    const abort = new AbortController();
    const pull = engine.pull(`127.0.0.1:${port}/nothing:1`, { onProgress, abort: abort.signal });
    registry.once("connection", () => abort.abort());
    await expect(pull).rejects.toBeInstanceOf(EngineError);
    registry.close();
  });

  test("images of a repository, newest first; one that a container uses stays, one that is gone is gone", async () => {
    const repository = `${here.real.prefix}-tagged`;
    for (const tag of ["1", "2"]) await here.real.docker("tag", here.real.image, `${repository}:${tag}`);
    expect((await engine.images(repository)).map(({ reference }) => reference).sort()).toEqual([
      `${repository}:1`,
      `${repository}:2`,
    ]);
    await engine.removeImage(`${repository}:1`);
    await engine.removeImage(`${repository}:1`);
    expect((await engine.images(repository)).map(({ reference }) => reference)).toEqual([`${repository}:2`]);
    expect(await engine.images(`${here.real.prefix}-nothing`)).toEqual([]);
  });

  test("a wait whose connection is cut rejects with away, and so does every call while nobody listens", async () => {
    const proxy = await engineProxy(join(here.folder, "cut"));
    const through = dockerEngine({ host: proxy.host });
    const id = await create(loop);
    await engine.start(id);
    const waiting = await Promise.all([through.wait(id, "next-exit"), through.wait(id, "removed")]);
    const waits = waiting.map(({ exit }) => kindOf(exit));
    let ends = 0;
    const onEnd = (): void => void ends++;
    await through.events(() => undefined, onEnd);
    await through.attach(id, { tty: false, stdin: false, onOutput: () => undefined, onEnd });
    await through.logs(id, {
      tty: false,
      since: null,
      follow: true,
      onLine: () => undefined,
      onRest: () => undefined,
      onEnd,
    });
    expect(await through.inspect(id)).toMatchObject({ state: "running" });
    await proxy.cut();
    expect(await Promise.all(waits)).toEqual(["away", "away"]);
    await until(() => ends === 3);
    const kinds = await everyCall(through, id);
    expect(new Set(Object.values(kinds))).toEqual(new Set(["away"]));
    await proxy.restore();
    await until(async () => (await kindOf(through.ping())) === "resolved");
    expect(await through.inspect(id)).toMatchObject({ state: "running" });
    await proxy.close();
    await engine.remove(id);
  });

  test("what somebody else removes is found to be gone, though the engine forgets who waits for that", async ({
    onTestFinished,
  }) => {
    const id = await create(loop);
    await engine.start(id);
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const { host, close } = await forgetfulEngine(() => void engine.remove(id).then(resolve));
    onTestFinished(close);
    await dockerEngine({ host }).remove(id);
    expect(await engine.inspect(id)).toBeNull();
    await gone;
  });

  test("an engine that accepts and never answers: every call is given up, none hangs", async () => {
    const proxy = await engineProxy(join(here.folder, "stall"));
    const through = dockerEngine({ host: proxy.host, deadlines });
    await proxy.stall();
    const { ping, ...others } = await everyCall(through, "some");
    expect(ping).toBe("away");
    expect(new Set(Object.values(others))).toEqual(new Set(["timeout"]));
    await proxy.restore();
    await until(async () => (await kindOf(through.ping())) === "resolved");
    await proxy.close();
  });
});

/** An engine in the midst of a removal that `remove` does: it refuses another one, and never ends a wait. Engine 20.10 does so now and then. */
async function forgetfulEngine(remove: () => void): Promise<{ readonly host: string; readonly close: () => void }> {
  const path = join(here.folder, `forgetful-${made++}`);
  const server = createHttpServer((request, response) => {
    if (request.url?.includes("/wait")) return response.flushHeaders();
    if (request.method === "DELETE") {
      response.writeHead(409).end(JSON.stringify({ message: "removal of that container is already in progress" }));
      return remove();
    }
    const { url: path = "", method = "GET", headers } = request;
    const asked = httpRequest({ socketPath: "/var/run/docker.sock", path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(asked);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { host: `unix://${path}`, close };
}

function echoing(abort: AbortSignal, change: Partial<ExecOptions> = {}): ExecOptions {
  return {
    command: ["sh", "-c", "echo out; echo err >&2; exit 3"],
    environment: [],
    user: null,
    workingDir: null,
    privileged: false,
    onOutput: () => undefined,
    abort,
    ...change,
  };
}

async function everyCall(on: Engine, id: string): Promise<Readonly<Record<string, string>>> {
  const nothing = (): void => undefined;
  const calls: { readonly [name in keyof Engine]: Promise<unknown> } = {
    ping: on.ping(),
    info: on.info(),
    list: on.list(),
    inspect: on.inspect(id),
    create: on.create(asking("true")),
    attach: on.attach(id, { tty: false, stdin: false, onOutput: nothing, onEnd: nothing }),
    start: on.start(id),
    signal: on.signal(id, "SIGTERM"),
    rename: on.rename(id, `${id}-renamed`),
    unpause: on.unpause(id),
    remove: on.remove(id),
    wait: on.wait(id, "next-exit"),
    exec: on.exec(id, echoing(new AbortController().signal)),
    resize: on.resize(id, 80, 24),
    image: on.image(here.real.image),
    images: on.images(here.real.prefix),
    removeImage: on.removeImage(`${here.real.prefix}:none`),
    pull: on.pull(here.real.image, { onProgress: nothing }),
    logs: on.logs(id, { tty: false, since: null, follow: true, onLine: nothing, onRest: nothing, onEnd: nothing }),
    events: on.events(nothing, nothing),
    // Of a container of this host the kernel is asked, not the engine.
    usage: on.usage(`${here.real.prefix}-elsewhere`),
  };
  const kinds = await Promise.all(Object.entries(calls).map(async ([name, call]) => [name, await kindOf(call)]));
  return Object.fromEntries(kinds);
}

function silentServer(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => void socket.on("error", () => undefined));
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
