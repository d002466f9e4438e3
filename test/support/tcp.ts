import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type FakeTarget = {
  readonly address: { readonly host: string; readonly port: number };
  /** How many connections came to it. */
  accepted(): number;
  /** Those that are open. */
  open(): number;
  /** What it does with those that come from now on. */
  behave(how: Behaviour): void;
  /** What it has is reset, and its port refuses connections. */
  close(): Promise<void>;
};

export type Behaviour = (socket: Socket) => void;

/** Answers each with the same word once it has said something. */
export const says =
  (word: string): Behaviour =>
  (socket) => {
    socket.once("data", () => socket.end(word));
  };
/** Resets each once it has said something. */
export const resets: Behaviour = (socket) => void socket.once("data", () => socket.resetAndDestroy());
export const isSilent: Behaviour = (socket) => void socket.resume();
export const echoes: Behaviour = (socket) => void socket.pipe(socket);

export async function fakeTarget(first: Behaviour, port = 0): Promise<FakeTarget> {
  let behaviour = first;
  let accepted = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    behaviour(socket);
  });
  server.listen({ port, host: "127.0.0.1", backlog: 4_096 });
  await once(server, "listening");
  return {
    address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    accepted: () => accepted,
    open: () => sockets.size,
    behave: (how) => {
      behaviour = how;
    },
    close: async () => {
      for (const socket of sockets) socket.resetAndDestroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const target = await fakeTarget(resets);
  await target.close();
  return target.address.port;
}

/** What a client that says `words` hears, and how that ends: `end`, or an error's code. */
export function talk(port: number, words: string | Buffer = "hello"): Promise<{ heard: string; ended: string }> {
  return new Promise((resolve) => {
    let heard = "";
    let ended = "closed";
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      heard += chunk;
    });
    socket.on("end", () => {
      ended = "end";
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      ended = code ?? "error";
    });
    socket.on("close", () => resolve({ heard, ended }));
    socket.write(words);
  });
}

/** Nobody listens on the port. */
export function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ECONNREFUSED"));
    socket.on("connect", () => {
      socket.destroy();
      resolve(false);
    });
  });
}
