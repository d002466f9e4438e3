import { SvcError } from "../svc-error.ts";
import { pathOf, places } from "../unit/places.ts";
import type { UnitFolders } from "../unit/read-folder.ts";

export type RunnerOptions = {
  readonly help: boolean;
  readonly verbose: boolean;
  readonly print: boolean;
  readonly servicePorts: boolean;
  readonly tty: boolean;
  readonly tag: string | null;
  readonly folders: UnitFolders;
  /** --units is given: it has to be there. */
  readonly namesUnits: boolean;
  readonly app: string;
  readonly args: readonly string[];
};

/** Every option, with its sentence: the parser, the help, the man page and the completion read this. */
export const runnerOptions = [
  { name: "verbose", short: "-v", value: null, description: "say what was not taken from the service" },
  {
    name: "print",
    short: null,
    value: null,
    description: "print the docker run line that is equal to it, and run nothing",
  },
  { name: "service-ports", short: null, value: null, description: "keep the published ports" },
  { name: "tag", short: null, value: "TAG", description: "another tag than the app's" },
  { name: "no-tty", short: "-T", value: null, description: "no terminal, though this is one" },
  { name: "units", short: null, value: "DIR", description: places.units.holds },
  { name: "default-dir", short: null, value: "DIR", description: places["default-dir"].holds },
  { name: "www-dir", short: null, value: "DIR", description: places["www-dir"].holds },
  { name: "help", short: "-h", value: null, description: "print this help" },
] as const;

export type RunnerOption = (typeof runnerOptions)[number];

/** `-v, --verbose`, `--tag TAG`. */
export function flagsOf({ name, short, value }: RunnerOption): string {
  return `${short === null ? "" : `${short}, `}--${name}${value === null ? "" : ` ${value}`}`;
}

export const runnerUsage = `docker-runner [options] APP [ARGS…]     (also: svc run)

Runs one task with the image, tag, env, links, volumes and networks of APP: a unit, or only /etc/default/APP.
Without its name, published ports, SERVICE_* variables, healthcheck and aliases. The exit code is the task's;
125: it could not be started, 126: the command cannot be run, 127: there is no such command.

${runnerOptions.map((option) => `  ${flagsOf(option).padEnd(18)}  ${option.description}\n`).join("")}`;

/** Options stand before APP; all that follows it is the task's, untouched. */
export function readRunnerOptions(
  args: readonly string[],
  environment: { readonly [name: string]: string | undefined },
): RunnerOptions {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    if (word === "--") {
      at++;
      break;
    }
    const [name = "", inline] = word.split(/=(.*)/s);
    const option = named.get(name);
    if (!option)
      throw new SvcError("usage", `unknown option ${name}`, {
        hint: "options of the task stand after APP; docker-runner --help",
      });
    if (option.value === null) {
      if (inline !== undefined)
        throw new SvcError("usage", `${name} takes no value`, { hint: `write ${name}, or leave it out` });
      flags.add(option.name);
      continue;
    }
    const value = inline ?? args[++at];
    if (value === undefined) throw new SvcError("usage", `${name} needs a value`, { hint: "docker-runner --help" });
    values.set(option.name, value);
  }
  const app = args[at] ?? "";
  const help = flags.has("help");
  if (app === "" && !help)
    throw new SvcError("usage", "no app is named", { hint: "docker-runner APP ARGS…; docker-runner --help" });
  return {
    help,
    verbose: flags.has("verbose"),
    print: flags.has("print"),
    servicePorts: flags.has("service-ports"),
    tty: !flags.has("no-tty"),
    tag: values.get("tag") ?? null,
    folders: {
      units: pathOf("units", environment, values.get("units")),
      defaultDir: pathOf("default-dir", environment, values.get("default-dir")),
      wwwDir: pathOf("www-dir", environment, values.get("www-dir")),
    },
    namesUnits: values.has("units"),
    app,
    args: args.slice(at + 1),
  };
}

const named: ReadonlyMap<string, RunnerOption> = new Map(
  runnerOptions.flatMap((option) =>
    [`--${option.name}`, ...(option.short === null ? [] : [option.short])].map((word) => [word, option] as const),
  ),
);
