import { SvcError } from "../svc-error.ts";
import type { Address } from "./address.ts";
import type { Place } from "./listen.ts";

export type Environment = { readonly [name: string]: string | undefined };

/** An IP address as it stands; localhost is both loopback addresses, where the host has IPv6. `option` is what it was given with. */
export function placesOf({ host, port }: Address, option: string): readonly Place[] {
  if (host === "localhost")
    return [
      { kind: "address", host: "127.0.0.1", port, mayLack: false },
      { kind: "address", host: "::1", port, mayLack: true },
    ];
  if (!host.includes(":") && !/^[\d.]+$/.test(host))
    throw new SvcError("usage", `${option}: "${host}" is a name`, {
      hint: `write localhost:${port} or one of this host's addresses; ip address shows them`,
    });
  return [{ kind: "address", host, port, mayLack: false }];
}

/** systemd passes sockets on from descriptor 3 on, to the process that it names. */
export function passedOnPlaces({ LISTEN_PID, LISTEN_FDS }: Environment, pid: number): readonly Place[] {
  if (Number(LISTEN_PID) !== pid) return [];
  return Array.from({ length: Number(LISTEN_FDS) || 0 }, (_, at) => ({ kind: "descriptor", descriptor: 3 + at }));
}
