import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { messageOf, SvcError } from "../svc-error.ts";
import { type Address, showAddress } from "./address.ts";

/** A place to listen on: an address, or a socket that who started us listens on already. */
export type Place =
  | ({ readonly kind: "address"; readonly mayLack: boolean } & Address)
  | { readonly kind: "descriptor"; readonly descriptor: number };

export type Listeners = {
  /** The addresses, with the ports that were given where 0 was asked for. */
  readonly addresses: readonly string[];
  /** Nobody is accepted from now on. */
  close(): void;
};

type OnClient = (client: Socket) => void;

const backlog = 4_096;
const keepAliveAfterMs = 60_000;

/** Accepts clients at all places, or at none. */
export async function listen(
  places: readonly Place[],
  onClient: OnClient,
  onError: (error: Error) => void,
): Promise<Listeners> {
  const servers: Server[] = [];
  const close = (): void => {
    for (const server of servers) server.close();
  };
  let port = 0;
  try {
    for (const place of places) {
      // The loopback address of the other family gets the port that the first was given.
      const server = await open(place.kind === "address" ? { ...place, port: place.port || port } : place, onClient);
      if (server === null) continue;
      servers.push(server);
      port = (server.address() as AddressInfo | null)?.port ?? 0;
      // Without files for more, say, a client is lost and the rest goes on.
      server.on("error", onError);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { addresses: servers.map(addressOf), close };
}

/** null: this host has no such address, and need not. */
async function open(place: Place, onClient: OnClient): Promise<Server | null> {
  const server = createServer(
    { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs },
    onClient,
  );
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(
    place.kind === "descriptor"
      ? { fd: place.descriptor, backlog }
      : { host: place.host, port: place.port, backlog, ipv6Only: true },
    resolve,
  );
  try {
    await promise;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (place.kind === "address" && place.mayLack && /^(EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(code)) return null;
    throw cannotListen(place, code, error);
  }
  server.removeListener("error", reject);
  return server;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return address ?? "a socket that was passed on";
  return showAddress({ host: address.address, port: address.port });
}

function cannotListen(place: Place, code: string, cause: unknown): SvcError {
  if (place.kind === "descriptor")
    return new SvcError("cannot-listen", `descriptor ${place.descriptor} is no socket to listen on: ${code}`, {
      hint: "LISTEN_FDS is set; systemd passes on what a .socket unit names in ListenStream",
      cause,
    });
  const [words, hint] = reasons(place)[code] ?? [`cannot listen on ${showAddress(place)}: ${messageOf(cause)}`];
  return new SvcError("cannot-listen", words, { ...(hint === undefined ? {} : { hint }), cause });
}

function reasons(place: Address): { readonly [code: string]: readonly [string, string] } {
  const address = showAddress(place);
  return {
    EADDRINUSE: [`${address} is taken`, `ss -ltnp 'sport = :${place.port}' shows by whom`],
    EACCES: [`${address} is not yours to listen on`, "ports below 1024 need root or CAP_NET_BIND_SERVICE"],
    EADDRNOTAVAIL: [`this host has no address ${place.host}`, "ip address shows those that it has"],
  };
}
