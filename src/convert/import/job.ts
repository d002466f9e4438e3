import { type Draft, tell } from "./draft.ts";
import type { Host } from "./host.ts";
import type { Origin } from "./note.ts";
import type { RawWord, Variable } from "./shell/words.ts";

/** What is known of a service of another init while its commands are read, one after the other. */
export type Job = {
  readonly draft: Draft;
  readonly host: Host;
  readonly variables: { readonly known: Map<string, Variable>; complete: boolean };
  /** Files of variables, in the order in which they were read. */
  readonly files: { readonly path: string; readonly required: boolean }[];
  /** Commands beside docker run that name containers or an image. */
  readonly named: Named[];
  /** What docker create made and no docker start has started yet. */
  readonly created: Created[];
  readonly state: JobState;
};

/** Notes a variable, or a file of them, that docker's client gets. */
export function tellForRunLine(draft: Draft, origin: Origin, what: string): void {
  tell(draft, "taken", origin, [what, "for the docker run line"], { code: "for run line" });
}

export type Created = {
  /** null: the engine makes one up. */
  readonly container: string | null;
  readonly command: Command;
  /** What it means once it is started. */
  readonly take: () => void;
};

export type Named = {
  readonly is: "container" | "image";
  /** The command: `docker stop or rm`. */
  readonly what: string;
  readonly names: readonly string[];
  readonly origin: Origin;
  readonly source: string;
  /** What it means if they are the unit's own. */
  readonly take: () => void;
};

export type JobState = {
  workingDirectory: string;
  /** Where the docker run or docker-runner stands. */
  runs: Origin | null;
  /** It goes on in the background once its command has ended. */
  isDetached: boolean;
  /** docker stop, and not systemd or upstart, says how long a stop takes, and docker stop or kill what the signal is. */
  stopsByItself: boolean;
  signalsByItself: boolean;
};

export type Role = "before" | "main" | "after start" | "stop" | "after stop" | "reload";

export function newJob(draft: Draft, host: Host): Job {
  const variables = { known: new Map<string, Variable>(), complete: true };
  const state = { workingDirectory: "/", runs: null, isDetached: false, stopsByItself: false, signalsByItself: false };
  return { draft, host, variables, files: [], named: [], created: [], state };
}

export type Command = {
  readonly words: readonly RawWord[];
  /** Files that a shell sends its output to. */
  readonly writes: readonly string[];
  readonly role: Role;
  readonly line: number;
  readonly source: string;
  /** Its failure does not count. */
  readonly mayFail: boolean;
};
