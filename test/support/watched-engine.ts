import { connect, createServer, type Socket } from "node:net";

export type Passing = { readonly request: string; readonly at: "asked" | "answered" };

/** A socket in front of the engine's, or of a proxy's, which tells of every request before it, or its answer, is passed on. */
export type WatchedEngine = {
  /** For DOCKER_HOST. */
  readonly host: string;
  watch(see: (passing: Passing) => void): void;
  /** Resolves at the next passing of that kind. */
  next(request: RegExp, at: Passing["at"]): Promise<void>;
  close(): Promise<void>;
};

export async function watchedEngine(path: string, behind = process.env.DOCKER_HOST): Promise<WatchedEngine> {
  const engine = (behind ?? "unix:///var/run/docker.sock").replace("unix://", "");
  const watchers = new Set<(passing: Passing) => void>();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, join);
  await new Promise<void>((resolve) => server.listen(path, resolve));
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
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };

  function tell(passing: Passing): void {
    for (const see of watchers) see(passing);
  }

  function join(client: Socket): void {
    const upstream = connect({ path: engine, allowHalfOpen: true });
    let request = "";
    client.on("data", (chunk: Buffer) => {
      // A keep-alive connection asks again only once it is answered: a request begins where a chunk begins.
      const line = /^[A-Z]+ \S+ HTTP\/1\.1\r\n/.exec(chunk.toString("latin1"))?.[0];
      if (!line) return;
      request = line.trim();
      tell({ request, at: "asked" });
    });
    upstream.on("data", () => {
      if (request !== "") tell({ request, at: "answered" });
      request = "";
    });
    client.pipe(upstream).pipe(client);
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
