import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A socket in front of the engine, which can be cut off or made to stall as an engine that ends or starts up does. */
export type EngineProxy = {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Every connection is lost, and nobody listens any more. */
  cut(): Promise<void>;
  /** Connections are accepted and nothing is ever answered; those that are open go silent. */
  stall(): Promise<void>;
  /** Connections that were made since it stalls. */
  unanswered(): number;
  /** As before. Connections that were made to go silent are lost. */
  restore(): Promise<void>;
  close(): Promise<void>;
};

export const engineSocket = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");

export async function engineProxy(path: string): Promise<EngineProxy> {
  const clients = new Set<Socket>();
  const engines = new Set<Socket>();
  let stalled = false;
  let waiting = 0;
  let server: Server | null = await listen();
  return { host: `unix://${path}`, cut, stall, unanswered: () => waiting, restore, close: cut };

  async function cut(): Promise<void> {
    const closing = server;
    server = null;
    const closed = closing ? new Promise((resolve) => closing.close(resolve)) : null;
    for (const socket of [...clients, ...engines]) socket.destroy();
    await closed;
    await rm(path, { force: true });
  }

  async function stall(): Promise<void> {
    stalled = true;
    waiting = 0;
    server ??= await listen();
    for (const socket of clients) socket.pause().unpipe();
    for (const socket of engines) socket.pause().unpipe();
  }

  async function restore(): Promise<void> {
    if (stalled) for (const socket of [...clients, ...engines]) socket.destroy();
    stalled = false;
    server ??= await listen();
  }

  function listen(): Promise<Server> {
    return new Promise((resolve, reject) => {
      const made = createServer({ allowHalfOpen: true }, (client) => {
        keep(client, clients);
        if (stalled) {
          waiting++;
          return;
        }
        const engine = connect({ path: engineSocket, allowHalfOpen: true });
        keep(engine, engines);
        client.pipe(engine).pipe(client);
        client.on("close", () => engine.destroy());
        engine.on("close", () => client.destroy());
      });
      made.once("error", reject);
      made.listen(path, () => resolve(made));
    });
  }

  function keep(socket: Socket, all: Set<Socket>): void {
    all.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => all.delete(socket));
  }
}
