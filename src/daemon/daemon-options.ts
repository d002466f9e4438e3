import { parseArgs } from "node:util";
import { messageOf, SvcError } from "../svc-error.ts";
import type { UnitFolders } from "../unit/read-units.ts";

export type DaemonOptions = UnitFolders & {
  readonly socket: string;
  /** Wishes, counts, exits and events; 0700. */
  readonly state: string;
  readonly logs: string;
};

type Environment = { readonly [name: string]: string | undefined };

/** `svc daemon --units DIR …`; what is not said there comes from the environment, else from the usual places. */
export function daemonOptions(args: readonly string[], environment: Environment): DaemonOptions {
  const { values } = parsed(args);
  return {
    units: values.units ?? environment.SVC_UNITS ?? "/etc/svc/units",
    socket: values.socket ?? environment.SVC_SOCKET ?? "/run/svc/svc.sock",
    state: values["state-dir"] ?? "/var/lib/svc",
    logs: values["log-dir"] ?? "/var/log/svc",
    defaultDir: values["default-dir"] ?? environment.SVC_DEFAULT_DIR ?? "/etc/default",
    wwwDir: values["www-dir"] ?? environment.SVC_WWW_DIR ?? "/var/www",
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new SvcError("usage", messageOf(error), { hint: "svc help daemon", cause: error });
  }
}

const path = { type: "string" } as const;
const options = {
  units: path,
  socket: path,
  "state-dir": path,
  "log-dir": path,
  "default-dir": path,
  "www-dir": path,
} as const;
