import { type FlagProblem, flagProblem, type ParsedFlag } from "./parse-flags.ts";

/** A flag that is passed over, or a value that an engine may not take. */
export type FlagWarning = Omit<FlagProblem, "code"> & { readonly code: "no-effect" | "unknown-to-svc" };

export type Use = "service" | "one-off" | "docker";

/** What becomes of a flag of docker run that svc does not pass on as it stands. */
export type UnsuitedFlag = {
  readonly name: string;
  readonly service: Treatment;
  readonly oneOff: Treatment;
};

/** `accepted`: svc does this anyway, or it only changes what docker prints. `ignored`: a warning says so. */
export type Treatment =
  | { readonly is: "accepted" | "ignored"; readonly because: string }
  | { readonly is: "refused"; readonly because: string; readonly hint: string };

/** Takes out the flags that do not suit the use: what is left goes on to the engine. */
export function withoutUnsuited(
  given: readonly ParsedFlag[],
  use: Use,
  problems: FlagProblem[],
  warnings: FlagWarning[],
): readonly ParsedFlag[] {
  if (use === "docker") return given;
  return given.filter((flag) => {
    const row = unsuitedFlags.find(({ name }) => name === flag.name);
    if (!row) return true;
    if (flag.name === "restart" && ["no", ""].includes(flag.value)) return false;
    const treatment = use === "service" ? row.service : row.oneOff;
    if (treatment.is === "refused") {
      problems.push(flagProblem(flag.word, `--${flag.name} cannot be used here: ${treatment.because}`, treatment.hint));
    } else if (treatment.is === "ignored") {
      const message = `--${flag.name} has no effect here: ${treatment.because}`;
      warnings.push({ ...flagProblem(flag.word, message, "take it out"), code: "no-effect" });
    }
    return false;
  });
}

export const unsuitedFlags: readonly UnsuitedFlag[] = [
  same("attach", ignored("svc attaches to the output by itself")),
  same("cidfile", ignored("svc knows its containers by their labels; svc status shows the id")),
  same("detach", accepted("svc decides by the kind of run whether it stays attached")),
  same("detach-keys", ignored("nobody is attached who could detach")),
  same("help", refused("it asks for a help text", "take it out; docker run --help shows the flags")),
  same("kernel-memory", ignored("docker no longer sends it to the engine")),
  {
    name: "name",
    service: accepted("it becomes the name of the container"),
    oneOff: ignored("several one-off containers of an app may run at the same time"),
  },
  same("pull", accepted("svc itself pulls by that rule")),
  same("quiet", accepted("it only concerns what docker prints")),
  same(
    "restart",
    refused(
      "svc restarts the container, and two masters would fight",
      "take it out and set respawn in the unit; --restart=no may stay",
    ),
  ),
  same("rm", accepted("svc removes the container after every run, with its anonymous volumes")),
  same("sig-proxy", ignored("svc passes signals on by rules of its own")),
  same(
    "use-api-socket",
    refused(
      "it puts the engine's socket and the user's registry passwords into the container",
      "write -v /var/run/docker.sock:/var/run/docker.sock",
    ),
  ),
];

function same(name: string, treatment: Treatment): UnsuitedFlag {
  return { name, service: treatment, oneOff: treatment };
}

function accepted(because: string): Treatment {
  return { is: "accepted", because };
}

function ignored(because: string): Treatment {
  return { is: "ignored", because };
}

function refused(because: string, hint: string): Treatment {
  return { is: "refused", because, hint };
}
