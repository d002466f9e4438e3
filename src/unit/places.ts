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

/** The path that holds for this environment. */
export function pathOf(place: Place, environment: { readonly [name: string]: string | undefined }): string {
  const { variable, path } = places[place];
  return (variable === null ? undefined : environment[variable]) ?? path;
}
