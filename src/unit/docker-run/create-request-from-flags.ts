import { containerFields } from "./container-fields.ts";
import type { CreateRequest } from "./create-request.ts";
import { windowsFlags } from "./flags.ts";
import { type FlagProblem, flagProblem, type ParsedFlag, type ParsedWords, parseFlags } from "./parse-flags.ts";
import { attempt, readValues, type Surroundings, type Values } from "./read-values.ts";
import { tellRefusedByEngines } from "./refused-by-engines.ts";
import { say } from "./sentence.ts";
import { type FlagWarning, type Use, withoutUnsuited } from "./unsuited-flags.ts";
import { readPlatform } from "./values/platform.ts";
import { isReference } from "./values/reference.ts";

export type { FlagProblem, ParsedFlag } from "./parse-flags.ts";

export type FlagContext = Surroundings & {
  /** null: the first bare word is the image and what follows the command; only with `use: "docker"`. */
  readonly image: string | null;
  readonly command: readonly string[];
  /** `docker`: exactly as the docker CLI. Else the flags of `unsuited-flags.ts` are taken out or refused. */
  readonly use: Use;
};

export type FlagResult =
  | {
      readonly ok: true;
      readonly request: CreateRequest;
      readonly pull: "missing" | "always" | "never" | null;
      readonly warnings: readonly FlagWarning[];
      readonly flags: readonly ParsedFlag[];
    }
  | { readonly ok: false; readonly problems: readonly FlagProblem[]; readonly warnings: readonly FlagWarning[] };

/** The create request that the docker CLI would send for these words of `docker run`, or every problem in them. */
export function createRequestFromFlags(words: readonly string[], context: FlagContext): FlagResult {
  const parsed = context.use === "docker" ? parseFlags(words) : parseOnlyFlags(words);
  const problems: FlagProblem[] = [...parsed.problems];
  const warnings: FlagWarning[] = [];
  const { image, command } = readImage(words, parsed.rest, context, problems);

  const given = withoutUnsuited(parsed.flags, context.use, problems, warnings);
  checkClientFlags(readValues(parsed.flags, context, problems), problems);
  // The docker CLI leaves these to the engine.
  if (context.use !== "docker") tellRefusedByEngines(given, problems, warnings);
  // Their problems are noted already.
  const values = readValues([...given, ...ownFlags(parsed.flags, context.use)], context, []);

  let platform: string | null = null;
  attempt(problems, values.word("platform"), "--platform", () => {
    platform = readPlatform(values.text("platform") || (context.hostEnvironment.DOCKER_DEFAULT_PLATFORM ?? ""));
  });
  const fields = containerFields(values, context, problems);
  if (problems.length > 0) {
    return { ok: false, problems: problems.sort((one, other) => one.word - other.word), warnings };
  }

  const name = values.text("name") || null;
  const pull = values.has("pull") ? (values.text("pull") as "missing" | "always" | "never" | "") || null : null;
  const body = { Image: image, ...(command.length === 0 ? {} : { Cmd: command }), ...fields };
  return { ok: true, request: { name, platform, body }, pull, warnings, flags: parsed.flags };
}

// svc sees to the name and to pulling, so these do not count as passed on. A service runs as with --detach: its stdin stays open.
function ownFlags(parsed: readonly ParsedFlag[], use: Use): readonly ParsedFlag[] {
  if (use === "docker") return [];
  const pull = parsed.filter((flag) => flag.name === "pull");
  if (use === "one-off") return pull;
  return [...pull, ...parsed.filter((flag) => flag.name === "name"), { name: "detach", value: "true", word: 0 }];
}

function readImage(words: readonly string[], rest: number, context: FlagContext, problems: FlagProblem[]) {
  if (context.use === "docker" && context.image === null) {
    const [image = "", ...command] = words.slice(rest);
    if (rest >= words.length) problems.push(flagProblem(words.length, "there is no image", "name it after the flags"));
    else if (!isReference(image))
      problems.push(flagProblem(rest, say`"${image}" is not an image`, "write NAME:TAG in lower case"));
    return { image, command };
  }
  return { image: context.image ?? "", command: context.command };
}

/** Where nothing but flags may stand a bare word is a problem, and the words after it are read too, to tell all at once. */
function parseOnlyFlags(words: readonly string[]): ParsedWords {
  const flags: ParsedFlag[] = [];
  const problems: FlagProblem[] = [];
  for (let start = 0; start < words.length; ) {
    const parsed = parseFlags(words.slice(start));
    flags.push(...parsed.flags.map((flag) => ({ ...flag, word: flag.word + start })));
    problems.push(...parsed.problems.map((problem) => ({ ...problem, word: problem.word + start })));
    const rest = start + parsed.rest;
    start = rest + 1;
    const word = words[rest];
    // What follows a flag that is not known was most likely meant as its value.
    if (word === undefined || problems.at(-1)?.word === rest - 1) continue;
    const hint =
      "only flags may stand here; quote a value that has blanks, and write --switch=false for a switch that is off";
    problems.push(flagProblem(rest, say`"${word}" is neither a flag nor the value of one`, hint));
  }
  return { flags, problems, rest: words.length };
}

function checkClientFlags(values: Values, problems: FlagProblem[]): void {
  const pull = values.text("pull");
  if (!["", "always", "missing", "never"].includes(pull)) {
    problems.push(
      flagProblem(values.word("pull"), say`--pull: "${pull}" is none of always, missing, never`, "write one of them"),
    );
  }
  if (values.last("help") === true)
    problems.push(flagProblem(values.word("help"), "--help asks for a help text", "take it out"));
  if (values.last("disable-content-trust") === false) {
    const hint = "take it out and name the image by its digest";
    problems.push(flagProblem(values.word("disable-content-trust"), "signatures of images are not checked", hint));
  }
  if (values.last("use-api-socket") === true) {
    const hint = "write -v /var/run/docker.sock:/var/run/docker.sock";
    problems.push(flagProblem(values.word("use-api-socket"), "--use-api-socket hands out registry passwords", hint));
  }
  for (const name of windowsFlags.filter((flag) => values.has(flag))) {
    problems.push(flagProblem(values.word(name), `--${name} is for engines on Windows`, "take it out"));
  }
  if (values.last("detach") === true && values.has("attach")) {
    problems.push(
      flagProblem(values.word("attach"), "--attach and --detach do not go together", "take one of them out"),
    );
  }
}
