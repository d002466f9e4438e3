import { connect, type Socket } from "node:net";
import type { Clock } from "../clock/clock.ts";
import type { Address } from "./address.ts";

export type Dialled =
  | { readonly ended: "connected"; readonly socket: Socket }
  | { readonly ended: "failed"; readonly because: string }
  /** The client left meanwhile, or this host can open no more connections: that says nothing about the target. */
  | { readonly ended: "undecided" };

const keepAliveAfterMs = 60_000;
const faultsOfThisHost = ["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "ENOMEM"];

/** Connects to the target for a client, within `timeoutMs`, which the look-up of its name is part of. */
export function dial(
  target: Address,
  client: Socket,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Dialled> {
  const socket = connect({
    ...target,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveAfterMs,
  });
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs, () => end({ ended: "failed", because: `no answer in ${timeoutMs} ms` }));
    const leave = (): void => end({ ended: "undecided" });
    const fail = ({ code = "" }: NodeJS.ErrnoException): void =>
      end(faultsOfThisHost.includes(code) ? { ended: "undecided" } : { ended: "failed", because: code });
    const connected = (): void => end({ ended: "connected", socket });
    client.once("close", leave);
    socket.once("error", fail);
    socket.once("connect", connected);

    function end(how: Dialled): void {
      cancel();
      client.removeListener("close", leave);
      socket.removeListener("connect", connected);
      // An error may come until it is closed, and whoever goes on with it listens for its own.
      socket.on("error", () => undefined);
      socket.removeListener("error", fail);
      if (how.ended !== "connected") socket.destroy();
      resolve(how);
    }
  });
}
