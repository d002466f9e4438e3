import { SvcError } from "../svc-error.ts";
import type { UnitFolders } from "../unit/read-units.ts";

export type RunnerOptions = {
  readonly help: boolean;
  readonly verbose: boolean;
  readonly print: boolean;
  readonly servicePorts: boolean;
  readonly tty: boolean;
  readonly tag: string | null;
  readonly folders: UnitFolders;
  readonly app: string;
  readonly args: readonly string[];
};

export const runnerUsage = `docker-runner [options] APP [ARGS…]     (also: svc run)

Runs one task with the image, tag, env, links, volumes and networks of APP: a unit, or only /etc/default/APP.
Without its name, published ports, SERVICE_* variables, healthcheck and aliases. The exit code is the task's;
125: it could not be started, 126: the command cannot be run, 127: there is no such command.

  -v, --verbose       say what was not taken from the service
  --print             print the docker run line that is equal to it, and run nothing
  --service-ports     keep the published ports
  --tag TAG           another tag than the app's
  -T, --no-tty        no terminal, though this is one
  --units DIR  --default-dir DIR  --www-dir DIR
`;

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
    if (switches.has(name)) flags.add(switches.get(name) ?? name);
    else if (valued.has(name)) {
      const value = inline ?? args[++at];
      if (value === undefined) throw new SvcError("usage", `${name} needs a value`, { hint: "docker-runner --help" });
      values.set(name, value);
    } else
      throw new SvcError("usage", `unknown option ${name}`, {
        hint: "options of the task stand after APP; docker-runner --help",
      });
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
    tag: values.get("--tag") ?? null,
    folders: {
      units: values.get("--units") ?? environment.SVC_UNITS ?? "/etc/svc/units",
      defaultDir: values.get("--default-dir") ?? environment.SVC_DEFAULT_DIR ?? "/etc/default",
      wwwDir: values.get("--www-dir") ?? environment.SVC_WWW_DIR ?? "/var/www",
    },
    app,
    args: args.slice(at + 1),
  };
}

const switches: ReadonlyMap<string, string> = new Map([
  ["-h", "help"],
  ["--help", "help"],
  ["-v", "verbose"],
  ["--verbose", "verbose"],
  ["--print", "print"],
  ["--service-ports", "service-ports"],
  ["-T", "no-tty"],
  ["--no-tty", "no-tty"],
]);

const valued: ReadonlySet<string> = new Set(["--tag", "--units", "--default-dir", "--www-dir"]);
