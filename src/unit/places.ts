import { SvcError } from "../svc-error.ts";

/** Where things are on a host: the option of `svc daemon` and the variable that change it, and what it is for. */
export const places = {
  units: { variable: "SVC_UNITS", path: "/etc/svc/units", holds: "the unit files, NAME.yml" },
  "default-dir": { variable: "SVC_DEFAULT_DIR", path: "/etc/default", holds: "the env files, APP" },
  "www-dir": { variable: "SVC_WWW_DIR", path: "/var/www", holds: "the TAG files, APP/TAG" },
  socket: { variable: "SVC_SOCKET", path: "/run/svc/svc.sock", holds: "the daemon's socket, 0660 root:docker" },
  "state-dir": { variable: null, path: "/var/lib/svc", holds: "wishes, counts, exits and events, 0700" },
  "front-socket": { variable: null, path: "", holds: "the socket of svc front; else STATE-DIR/front.sock" },
  "log-dir": { variable: null, path: "/var/log/svc", holds: "what units write, UNIT.log, 0750" },
} as const;

export type Place = keyof typeof places;

type Environment = { readonly [name: string]: string | undefined };

/** The path that an option gives, else the one that holds for this environment. A variable that is empty is as one that is not set. */
export function pathOf(place: Place, environment: Environment, given?: string): string {
  if (given === "") throw new SvcError("usage", `--${place} names no path`, { hint: `write one after --${place}` });
  const { variable, path } = places[place];
  return given ?? ((variable !== null && environment[variable]) || path);
}

/** The kernel takes no longer path for a socket, and node cuts off the rest in silence. */
const longestSocketBytes = 107;

export function checkSocketPath(path: string, option = "--socket"): void {
  const bytes = Buffer.byteLength(path);
  if (bytes === 0) throw new SvcError("usage", `${option} names no path`, { hint: `write one after ${option}` });
  if (bytes > longestSocketBytes)
    throw new SvcError(
      "usage",
      `the path of a socket has ${longestSocketBytes} bytes at most, this one ${bytes}: ${path}`,
      {
        hint: `name a shorter one with ${option}`,
      },
    );
}
