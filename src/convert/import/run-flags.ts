import { resolve } from "node:path";
import { readEnvText } from "../../unit/app-files/env-file.ts";
import type { ParsedFlag } from "../../unit/docker-run/parse-flags.ts";
import { unsuitedFlags } from "../../unit/docker-run/unsuited-flags.ts";
import { isOwnVariable } from "../../unit/flag-layers.ts";
import { add, type Draft, instanceMark, tell } from "./draft.ts";
import type { Host } from "./host.ts";
import type { Origin } from "./note.ts";
import { type Variable, type Word, whyUnknown } from "./shell/words.ts";

export type RunLine = {
  /** What stands behind `docker run`. */
  readonly words: readonly Word[];
  /** Where relative paths begin. */
  readonly workingDirectory: string;
  /** What the docker client has as its environment, for `-e NAME`. */
  readonly environment: ReadonlyMap<string, Variable>;
  readonly host: Host;
  /** The image is named by the unit's env file. */
  readonly imageIsElsewhere?: boolean;
};

/** The flags that are for keys: without those that svc sees to by itself, with whole paths and with the values of variables. */
export function ownFlags(
  draft: Draft,
  parsed: readonly ParsedFlag[],
  run: RunLine,
  originOf: (word: number) => Origin,
): readonly ParsedFlag[] {
  return parsed
    .filter((flag) => isSuited(draft, flag, originOf(flag.word)))
    .map((flag) => absolute(flag, run))
    .map((flag) => resolved(draft, flag, run, originOf(flag.word)))
    .filter((flag) => !isEnvFile(draft, flag, run.host, originOf(flag.word)))
    .filter((flag) => !isUsualName(draft, flag, originOf(flag.word)));
}

/** Without container_name the container has the unit's name, with - for @. */
export function usualName(unit: string): string {
  return unit.endsWith("@") ? `${unit.slice(0, -1)}-${instanceMark}` : unit.replace("@", "-");
}

function isSuited(draft: Draft, flag: ParsedFlag, origin: Origin): boolean {
  const row = unsuitedFlags.find(({ name }) => name === flag.name);
  if (flag.name === "restart") takeRestart(draft, flag.value, origin);
  if (!row || flag.name === "name" || flag.name === "pull") return true;
  if (flag.name === "restart") return false;
  const { service } = row;
  const verdict = service.is === "accepted" ? "taken" : service.is === "ignored" ? "changed" : "not understood";
  const because = service.is === "refused" ? `${service.because}; ${service.hint}` : service.because;
  tell(draft, verdict, origin, [`--${flag.name}`, because], { source: `--${flag.name}=${flag.value}` });
  return false;
}

/** The engine's restart policy becomes svc's rule, which may yet be changed by what systemd or upstart is told. */
function takeRestart(draft: Draft, policy: string, origin: Origin): void {
  const [name = "", count] = policy.split(":");
  const what = `--restart ${policy}`;
  if (name === "no" || name === "") {
    tell(draft, "taken", origin, [what, "svc keeps the engine's policy off"]);
    return;
  }
  if (name === "on-failure") draft.keys.normal_exit = 0;
  draft.keys.respawn = true;
  const limit = count === undefined ? "" : `; svc counts respawns in a time, not all of them: ${count} is left out`;
  tell(draft, "changed", origin, [what, `svc restarts it, not the engine${limit}`], {
    key: name === "on-failure" ? "normal_exit" : null,
  });
}

/** Paths that begin with a dot are taken from the folder of the unit file by svc, and from the working directory by docker. */
function absolute(flag: ParsedFlag, { workingDirectory }: RunLine): ParsedFlag {
  const { name, value } = flag;
  if (name === "env-file" || name === "label-file") return { ...flag, value: resolve(workingDirectory, value) };
  if (name === "volume" && value.startsWith(".")) {
    const [source = "", ...rest] = value.split(":");
    return { ...flag, value: [resolve(workingDirectory, source), ...rest].join(":") };
  }
  if (name === "mount")
    return {
      ...flag,
      value: value.replace(/\b(source|src)=(\.[^,"]*)/, (_, key, path) => `${key}=${resolve(workingDirectory, path)}`),
    };
  const profile = /^(seccomp[=:])(?!unconfined$|builtin$)(.+)$/.exec(value);
  if (name === "security-opt" && profile)
    return { ...flag, value: `${profile[1]}${resolve(workingDirectory, profile[2] ?? "")}` };
  return flag;
}

/** `-e NAME` takes the client's own value: what systemd or upstart gave it. */
function resolved(draft: Draft, flag: ParsedFlag, { environment }: RunLine, origin: Origin): ParsedFlag {
  if (flag.name !== "env" || flag.value.includes("=")) return flag;
  const found = environment.get(flag.value);
  const what = `--env ${flag.value}`;
  if (!found) {
    const isInFile = JSON.stringify(draft.keys.env_file ?? "").includes(instanceMark);
    const because = isInFile
      ? "the env file of each instance may say it"
      : "it has no value here: it takes that of svc's own environment, if there is one";
    tell(draft, "changed", origin, [what, because], { key: "environment" });
    return flag;
  }
  if (found.value === null) {
    tell(draft, "not understood", origin, [what, whyUnknown({ known: environment, complete: true }, flag.value)], {
      key: "environment",
    });
    return flag;
  }
  if (found.file !== null)
    tell(
      draft,
      "changed",
      origin,
      [what, `its value is that of ${found.file} as it is now; svc does not follow the file`],
      {
        key: "environment",
      },
    );
  return { ...flag, value: `${flag.value}=${found.value}` };
}

/** svc takes some variables of an env file for itself: a file that has one of these stays a flag. */
function isEnvFile(draft: Draft, { name, value }: ParsedFlag, host: Host, origin: Origin): boolean {
  if (name !== "env-file") return false;
  const text = host.readFile(value);
  const own =
    text === null ? undefined : readEnvText(text, "docker").assignments.find((one) => isOwnVariable(one.name));
  if (own) {
    const because = `it sets ${own.name}, which svc would take for itself in env_file; it stays a flag in options`;
    tell(draft, "changed", origin, ["--env-file", because], { key: "options" });
    return false;
  }
  add(draft, "env_file", { path: value, format: "docker" });
  tell(draft, "taken", origin, ["--env-file", "env_file, in docker's grammar"], { key: "env_file" });
  return true;
}

function isUsualName(draft: Draft, { name, value }: ParsedFlag, origin: Origin): boolean {
  if (name !== "name" || value !== usualName(draft.name)) return false;
  tell(draft, "taken", origin, ["--name", "the unit's own name"]);
  return true;
}
