import type { Argument, Command, Option } from "commander";
import { type RunnerOption, runnerOptions } from "../../runner/runner-options.ts";
import { allKeyHelp } from "../../unit/keys/key-help.ts";

/** What may stand in a place of a command line. `words` are its choices; `path` and `folder` are the shell's own business. */
export type Kind =
  | { readonly kind: "units" | "units or files" | "apps" | "containers" | "path" | "folder" | "text" | "nothing" }
  | { readonly kind: "words"; readonly words: readonly string[] };

export type OptionGrammar = {
  readonly short: string | null;
  readonly long: string;
  readonly description: string;
  /** null: it takes no value. */
  readonly value: Kind | null;
};

export type CommandGrammar = {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionGrammar[];
  readonly argument: Kind;
  readonly many: boolean;
};

export type Grammar = {
  readonly options: readonly OptionGrammar[];
  readonly commands: readonly CommandGrammar[];
  readonly runner: readonly OptionGrammar[];
  /** Of unit files, for `svc help unit KEY`. */
  readonly keys: readonly string[];
};

/** What the three shells' scripts are made of. */
export function grammarOf(program: Command): Grammar {
  const commands = program.createHelp().visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    options: [...program.options.map(optionGrammar), helpOption],
    commands: commands.map((command) => commandGrammar(command, names)),
    runner: runnerOptions.map(runnerGrammar),
    keys: allKeyHelp().flatMap((group) => group.keys.map((key) => key.name)),
  };
}

const helpOption: OptionGrammar = { short: "-h", long: "--help", description: "show help", value: null };

function commandGrammar(command: Command, names: readonly string[]): CommandGrammar {
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    options:
      command.name() === "run" ? runnerOptions.map(runnerGrammar) : [...command.options.map(optionGrammar), helpOption],
    argument: command.name() === "run" ? { kind: "apps" } : argumentKind(argument, names),
    many: argument?.variadic ?? false,
  };
}

function argumentKind(argument: Argument | undefined, names: readonly string[]): Kind {
  if (!argument) return { kind: "nothing" };
  if (argument.argChoices) return { kind: "words", words: argument.argChoices };
  if (argument.name() === "topic") return { kind: "words", words: ["unit", "deploy.yml", ...names] };
  if (argument.name() === "units-or-files") return { kind: "units or files" };
  if (argument.name() === "files") return { kind: "path" };
  if (argument.name() === "app") return { kind: "apps" };
  return { kind: argument.name() === "units" || argument.name() === "unit" ? "units" : "text" };
}

const valueKinds: { readonly [name: string]: "path" | "folder" | "containers" } = {
  path: "path",
  folder: "folder",
  container: "containers",
};

function optionGrammar(option: Option): OptionGrammar {
  const name = /[<[]([\w-]+)/.exec(option.flags)?.[1];
  const choices: Kind | null = option.argChoices ? { kind: "words", words: option.argChoices } : null;
  return {
    short: option.short ?? null,
    long: option.long ?? option.flags,
    description: option.description,
    value: choices ?? (name === undefined ? null : { kind: valueKinds[name] ?? "text" }),
  };
}

function runnerGrammar({ name, short, value, description }: RunnerOption): OptionGrammar {
  const kind: Kind | null = value === null ? null : { kind: value === "DIR" ? "folder" : "text" };
  return { short, long: `--${name}`, description, value: kind };
}
