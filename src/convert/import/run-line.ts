import { resolve } from "node:path";
import { readEnvText } from "../../unit/app-files/env-file.ts";
import { type ParsedFlag, parseFlags } from "../../unit/docker-run/parse-flags.ts";
import { unsuitedFlags } from "../../unit/docker-run/unsuited-flags.ts";
import { isReference } from "../../unit/docker-run/values/reference.ts";
import { isOwnVariable } from "../../unit/flag-layers.ts";
import { add, commandValue, type Draft, instanceMark, tell } from "./draft.ts";
import { keysOfFlags } from "./flags/flag-keys.ts";
import type { Host } from "./host.ts";
import type { Origin } from "./note.ts";
import type { Variable, Word } from "./shell/words.ts";

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

/** The keys for a `docker run` line. */
export function takeRunLine(draft: Draft, run: RunLine): void {
  const { words, parsed } = withoutUnknownFlags(draft, run.words);
  const originOf = (word: number) => ({ file: draft.file, line: words[word]?.line ?? words.at(-1)?.line ?? null });
  const suited = parsed.flags.filter((flag) => isSuited(draft, flag, originOf(flag.word)));
  const given = suited
    .map((flag) => absolute(flag, run))
    .map((flag) => resolved(draft, flag, run, originOf(flag.word)));
  const others = given.filter(
    (flag) => !isEnvFile(draft, flag, run.host, originOf(flag.word)) && !isUsualName(draft, flag, originOf(flag.word)),
  );
  const { keys, keyOf, refused } = keysOfFlags(others);
  for (const [key, value] of Object.entries(keys)) draft.keys[key] = value;
  for (const { flag, because } of refused)
    tell(draft, "not understood", originOf(flag.word), [nameOf(flag), because], {
      source: `--${flag.name}=${flag.value}`,
    });
  for (const flag of others.filter((one) => !refused.some(({ flag }) => flag === one))) {
    const key = keyOf(flag);
    const because = key === "options" ? "no key says it; it stays a flag in options" : key;
    tell(draft, "taken", originOf(flag.word), [nameOf(flag), because], { key });
  }
  if (!run.imageIsElsewhere) takeImage(draft, words, parsed.rest);
  takeCommand(draft, words.slice(parsed.rest + 1));
}

/** A flag that nobody knows would make its value the image: both are taken out, and told. */
function withoutUnknownFlags(draft: Draft, given: readonly Word[]) {
  let words = given;
  for (;;) {
    const parsed = parseFlags(words.map(({ text }) => text));
    const [problem] = parsed.problems;
    const wrong = problem && words[problem.word];
    if (!problem || !wrong) return { words, parsed };
    const next = words[problem.word + 1];
    const hasValue = !wrong.text.includes("=") && next !== undefined && !next.text.startsWith("-");
    // The last bare word is the image.
    const isValue = hasValue && words.slice(problem.word + 2).some(({ text }) => !text.startsWith("-"));
    const source = isValue ? `${wrong.text} ${next.text}` : wrong.text;
    const origin = { file: draft.file, line: wrong.line };
    tell(draft, "not understood", origin, [problem.masked, problem.hint], { source });
    words = words.toSpliced(problem.word, isValue ? 2 : 1);
  }
}

/** Of variables and labels the name is told, and no value. */
function nameOf({ name, value }: ParsedFlag): string {
  return name === "env" || name === "label" ? `--${name} ${value.split("=")[0]}` : `--${name}`;
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

function lineOf(draft: Draft, line: number | null): Origin {
  return { file: draft.file, line };
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
    const because = "it has no value here: it takes that of svc's own environment, if there is one";
    tell(draft, "changed", origin, [what, because], { key: "environment" });
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

/** Without container_name the container has the unit's name, with - for @. */
export function usualName(unit: string): string {
  return unit.endsWith("@") ? `${unit.slice(0, -1)}-${instanceMark}` : unit.replace("@", "-");
}

function isUsualName(draft: Draft, { name, value }: ParsedFlag, origin: Origin): boolean {
  if (name !== "name" || value !== usualName(draft.name)) return false;
  tell(draft, "taken", origin, ["--name", "the unit's own name"]);
  return true;
}

function takeImage(draft: Draft, words: readonly Word[], at: number): void {
  const image = words[at];
  const origin = lineOf(draft, image?.line ?? words.at(-1)?.line ?? null);
  if (!image) {
    tell(draft, "not understood", origin, ["the image", "docker run names none"], { key: "image" });
    return;
  }
  draft.keys.image = image.text;
  const isRight = isReference(image.text.replaceAll(instanceMark, "1"));
  if (isRight) tell(draft, "taken", origin, ["the image", "image"], { key: "image" });
  else if (!/\$\{/.test(image.text))
    tell(draft, "not understood", origin, ["the image", "this is no image reference"], { key: "image" });
}

function takeCommand(draft: Draft, words: readonly Word[]): void {
  const [first] = words;
  if (!first) return;
  const texts = words.map(({ text }) => text);
  draft.keys.command = commandValue(texts);
  tell(draft, "taken", lineOf(draft, first.line), ["the command", "command"], { key: "command" });
}
