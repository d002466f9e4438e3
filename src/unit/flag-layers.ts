import type { AppFiles, Variable } from "./app-files/app-files.ts";
import { type FlagProblem, parseFlags } from "./docker-run/parse-flags.ts";
import { locateWords } from "./docker-run/split-words.ts";
import { keyFlags } from "./keys/key-flags.ts";
import type { UnitKeys } from "./keys/schema.ts";
import { secretOf, variablesIn } from "./secrets.ts";
import type { UnitFile } from "./unit-file.ts";
import type { PlaceInFile } from "./unit-problem.ts";

/** From low to high: the last that says a thing counts. */
export type Layer = "OPTS" | "env file" | "options" | "keys" | "EXTRA";

/** A word of `docker run`, who says it, and where it stands. */
export type LayeredWord = {
  readonly word: string;
  readonly layer: Layer;
  /** The key that it stands for. */
  readonly key: string | null;
  readonly place: () => PlaceInFile;
};

export type LayerProblem = {
  readonly at: PlaceInFile;
  readonly key: string | null;
  readonly message: string;
  readonly hint: string;
};

/** IMAGE, OPTS, EXTRA, TAG and REPOSITORY are svc's own; every other variable of the env file goes into the container. */
const ownVariables = new Set(["IMAGE", "OPTS", "EXTRA", "TAG", "REPOSITORY"]);

export function isOwnVariable(name: string): boolean {
  return ownVariables.has(name);
}

/** All words of `docker run` that a unit amounts to, in order of precedence. */
export function flagLayers(keys: UnitKeys, files: AppFiles, unitFile: Pick<UnitFile, "place" | "placeWithin">) {
  const problems: LayerProblem[] = [];
  const words = withoutOverruled([
    ...fromVariable("OPTS"),
    ...[...files.variables.values()].filter((one) => !isOwnVariable(one.name)).map(asEnv),
    ...fromOptions(keys.options ?? ""),
    ...keyFlags(keys).map(({ word, path }): LayeredWord => {
      return { word, layer: "keys", key: String(path[0]), place: () => unitFile.place(path, "value") };
    }),
    ...fromVariable("EXTRA"),
  ]);
  return { words, problems };

  function fromVariable(name: "OPTS" | "EXTRA"): readonly LayeredWord[] {
    const variable = files.variables.get(name);
    if (!variable) return [];
    const split = locateWords(variable.value);
    if (!split.ok) {
      const at = variable.placeOfText(split.offset, split.offset + 1);
      problems.push({ at, key: null, message: `${name}: ${split.message}`, hint: "close it" });
      return [];
    }
    return split.words.map(({ word, start, end }) => {
      const flag = /^(?:--[a-z0-9-]+|-[A-Za-z])/.exec(variable.value.slice(start, end))?.[0] ?? "";
      return { word, layer: name, key: null, place: () => variable.placeOfText(start, end, flag.length) };
    });
  }

  function asEnv(variable: Variable): LayeredWord {
    const place = (): PlaceInFile => ({ ...variable.placeOfText(0, 0), length: 1, source: `${variable.name}=…` });
    return { word: `--env=${variable.name}=${variable.value}`, layer: "env file", key: null, place };
  }

  function fromOptions(options: string): readonly LayeredWord[] {
    const split = locateWords(options);
    if (!split.ok) {
      const at = unitFile.placeWithin(["options"], split.offset, split.offset + 1);
      problems.push({ at, key: "options", message: `options: ${split.message}`, hint: "close it" });
      return [];
    }
    return split.words.map(({ word, start, end }) => {
      return { word, layer: "options", key: "options", place: () => unitFile.placeWithin(["options"], start, end) };
    });
  }
}

/** A problem of a flag, at the place and in the words of what stands for it. No text of an env file is in it, and no secret. */
export function layerProblem(
  problem: Omit<FlagProblem, "code">,
  words: readonly LayeredWord[],
  nowhere: PlaceInFile,
): LayerProblem {
  // What is missing at the end is missing behind the last word.
  const word = words[problem.word] ?? words.at(-1);
  if (!word) return { at: nowhere, key: null, message: problem.message, hint: problem.hint };
  const at = word.place();
  const isOpen = (word.layer === "options" || word.layer === "keys") && !holdsSecret(word.word);
  const said = isOpen ? problem.message : problem.masked;
  if (word.layer !== "keys") return { at, key: word.key, message: said, hint: problem.hint };
  const message = said.replace(/^--[a-z0-9-]+(?=: )/, word.key ?? "");
  return { at, key: word.key, message, hint: `svc help unit ${word.key}` };
}

function holdsSecret(word: string): boolean {
  return variablesIn(word).some(({ name, value }) => secretOf(name, value) !== null);
}

const layers: readonly Layer[] = ["OPTS", "env file", "options", "keys", "EXTRA"];

/** What docker takes as one list, or refuses together: the highest layer that says it is heard, and those below are not. */
const replaces: { readonly [flag: string]: RegExp } = {
  network: /^(network|network-alias|ip|ip6|link-local-ip)$/,
  "no-healthcheck": /^health-/,
  "health-cmd": /^no-healthcheck$/,
};

function withoutOverruled(words: readonly LayeredWord[]): readonly LayeredWord[] {
  const { flags } = parseFlags(words.map(({ word }) => word));
  const rankOf = (at: number): number => layers.indexOf(words[at]?.layer ?? "OPTS");
  const overruled = flags.filter((low) =>
    flags.some((high) => rankOf(high.word) > rankOf(low.word) && replaces[high.name]?.test(low.name)),
  );
  const isValueAlone = (at: number, value: string): boolean => words[at]?.word === value;
  const dropped = new Set(
    overruled.flatMap(({ word, value }) => (isValueAlone(word, value) ? [word - 1, word] : [word])),
  );
  return words.filter((_, at) => !dropped.has(at));
}
