import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";

export type Passing = { readonly request: string; readonly at: "asked" | "answered" };

/** A socket in front of the engine's, which tells of every request and can be cut, held and mended. */
export type EngineProxy = {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Called before the request, or the first bytes of its answer, are passed on. */
  watch(see: (passing: Passing) => void): void;
  /** Resolves at the next passing of that kind. */
  next(request: RegExp, at: Passing["at"]): Promise<void>;
  /** Every connection is lost and none is taken, as when the engine dies. */
  cut(): Promise<void>;
  /** Connections are taken and nothing is passed on, as when the engine hangs. */
  hold(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
};

export async function engineProxy(path: string): Promise<EngineProxy> {
  const engine = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");
  const sockets = new Set<Socket>();
  const watchers = new Set<(passing: Passing) => void>();
  let holds = false;
  let server: Server | null = null;
  const tell = (passing: Passing): void => {
    for (const see of watchers) see(passing);
  };
  await listen();
  return {
    host: `unix://${path}`,
    watch: (see) => void watchers.add(see),
    next: (request, at) =>
      new Promise((resolve) => {
        const see = (passing: Passing): void => {
          if (passing.at !== at || !request.test(passing.request)) return;
          watchers.delete(see);
          resolve();
        };
        watchers.add(see);
      }),
    cut,
    hold() {
      holds = true;
    },
    async mend() {
      holds = false;
      if (!server) await listen();
    },
    close: cut,
  };

  async function listen(): Promise<void> {
    await rm(path, { force: true });
    const made = createServer({ allowHalfOpen: true }, join);
    await new Promise<void>((resolve) => made.listen(path, resolve));
    server = made;
  }

  async function cut(): Promise<void> {
    const old = server;
    server = null;
    const closed = new Promise((resolve) => (old ? old.close(resolve) : resolve(null)));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  function join(client: Socket): void {
    const upstream = connect({ path: engine, allowHalfOpen: true });
    let request = "";
    client.on("data", (chunk: Buffer) => {
      const line = /^[A-Z]+ \S+ HTTP\/1\.1\r\n/.exec(chunk.toString("latin1"))?.[0];
      if (line) {
        request = line.trim();
        tell({ request, at: "asked" });
      }
      if (!holds) upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (request !== "") tell({ request, at: "answered" });
      request = "";
      if (!holds && !client.write(chunk)) upstream.pause();
    });
    client.on("drain", () => upstream.resume());
    client.on("end", () => upstream.end());
    upstream.on("end", () => client.end());
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }
}
