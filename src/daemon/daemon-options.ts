import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, SvcError } from "../svc-error.ts";
import { type Place, pathOf } from "../unit/places.ts";
import type { UnitFolders } from "../unit/read-folder.ts";

export type DaemonOptions = UnitFolders & {
  readonly socket: string;
  /** Wishes, counts, exits and events; 0700. */
  readonly state: string;
  readonly logs: string;
  /** Of the process that listens for units; where none answers there it is started. */
  readonly frontSocket: string;
};

type Environment = { readonly [name: string]: string | undefined };

/** `svc daemon --units DIR …`; what is not said there comes from the environment, else from the usual places. */
export function daemonOptions(args: readonly string[], environment: Environment): DaemonOptions {
  const given = parsed(args);
  const at = (place: Place): string => pathOf(place, environment, given[place]);
  return {
    units: at("units"),
    socket: at("socket"),
    state: at("state-dir"),
    logs: at("log-dir"),
    frontSocket: at("front-socket") || join(at("state-dir"), "front.sock"),
    defaultDir: at("default-dir"),
    wwwDir: at("www-dir"),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new SvcError("usage", messageOf(error), { hint: "svc help daemon", cause: error });
  }
}

const path = { type: "string" } as const;
const options = {
  units: path,
  socket: path,
  "state-dir": path,
  "front-socket": path,
  "log-dir": path,
  "default-dir": path,
  "www-dir": path,
} as const satisfies { readonly [place in Place]: object };
