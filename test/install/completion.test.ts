import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realEngine, run } from "../support/real-engine.ts";
import { dist, isHere } from "./support.ts";

/** Each shell is run with the script that svc prints for it, and asked what it would offer. */
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-completion-"));
  for (const name of ["units", "default"]) await mkdir(join(folder, name));
  for (const name of ["antisocial.yml", "antisocial-beat.yml", "worker@.yml", "postfix.yml", "notes.txt"])
    await writeFile(join(folder, "units", name), "image: x:1\n");
  await writeFile(join(folder, "default/plain"), "# an app without a unit\nexport IMAGE=plain:1\n");
  await writeFile(join(folder, "default/grub"), "GRUB_TIMEOUT=5\n");
  env = {
    PATH: `${dist}:${process.env.PATH}`,
    HOME: folder,
    TERM: "dumb",
    LANG: "C.UTF-8",
    SVC_SOCKET: join(folder, "nobody"),
    SVC_UNITS: join(folder, "units"),
    SVC_DEFAULT_DIR: join(folder, "default"),
  };
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await run(join(dist, "svc"), ["completion", shell], { env });
    expect(code).toBe(0);
    await writeFile(join(folder, `completion.${shell}`), stdout);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const shells: { readonly [shell: string]: (line: string, extra?: NodeJS.ProcessEnv) => Promise<string[]> } = {
  bash: (line, extra) =>
    ask(
      "bash",
      [
        "--norc",
        "-c",
        `source "$0"; COMP_LINE=$1 COMP_POINT=\${#1}; IFS=$' \\t\\n' read -ra COMP_WORDS <<<"\${1//@/ @ }"
         [[ $1 == *[[:blank:]@] ]] && COMP_WORDS+=(""); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _svc; printf '%s\\n' "\${COMPREPLY[@]}"`,
        join(folder, "completion.bash"),
        line,
      ],
      extra,
    ),
  fish: async (line, extra) => {
    const script = join(folder, "completion.fish");
    const lines = await ask("fish", ["--no-config", "-c", `source ${script}; complete -C '${line}'`], extra);
    return lines.map((one) => one.split("\t")[0] ?? "");
  },
  zsh: async (line, extra) => {
    const driver = `
      zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z 'PS1= PS2= ; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source ${folder}/completion.zsh; source ${folder}/hook.zsh'
      zpty -r -m z seen '*LOADED*'
      zpty -w -n z "$1"$'\\t'
      zpty -r -m z seen '*OFFERED*'
      print -r -- $seen
      zpty -d z`;
    await writeFile(join(folder, "hook.zsh"), hook);
    const lines = await ask("zsh", ["-f", "-c", driver, "zsh", line], extra);
    return lines.flatMap((one) => /^HIT (.*)$/.exec(one)?.[1] ?? []);
  },
};

/** Prints every match that a completion function adds, and a mark when it is done. */
const hook = `
compadd() {
  if [[ " \${@[1,(i)(-|--)]} " == *' -'(O|A|D)' '* ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- '' HIT\\ \${^hits}
  builtin compadd "$@"
}
offer() { zle complete-word; print; print OFF''ERED }
zle -N offer
bindkey '^I' offer
print LOA''DED
`;

async function ask(program: string, args: string[], extra: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const { stdout, stderr } = await run(program, args, { env: { ...env, ...extra } });
  expect(stderr).toBe("");
  return stdout
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter(Boolean);
}

describe.each(Object.keys(shells))("%s", (shell) => {
  const offered = async (line: string, extra?: NodeJS.ProcessEnv): Promise<string[]> =>
    [...new Set(await shells[shell]?.(line, extra))].sort();
  const when = (name: string, check: () => Promise<void>): void =>
    test(name, async ({ skip }) => {
      skip(!isHere(shell), `${shell} is not on this machine`);
      await check();
    });

  when("completes commands", async () => {
    expect(await offered("svc st")).toEqual(["start", "status", "stop"]);
    expect(await offered("svc --socket /x --json sta")).toEqual(["start", "status"]);
    expect(await offered("svc __")).toEqual([]);
  });

  when("completes the options of the command", async () => {
    expect(await offered("svc stop --on")).toEqual(["--only"]);
    expect(await offered("svc logs -f --gr")).toEqual(["--grep"]);
    expect(await offered("svc wait --for ")).toEqual(["done", "down", "up"]);
    expect(await offered("svc top --de")).toEqual(["--delay"]);
  });

  when("completes unit names from the files where no daemon answers", async () => {
    expect(await offered("svc restart anti")).toEqual(["antisocial", "antisocial-beat"]);
    expect(await offered("svc start postfix an")).toEqual(["antisocial", "antisocial-beat"]);
    // zsh offers options where nothing else may stand.
    expect((await offered("svc reload ")).filter((word) => !word.startsWith("-"))).toEqual([]);
  });

  when("completes units and unit files for check", async () => {
    expect(await offered("svc check antisocial-")).toEqual(["antisocial-beat"]);
    expect(await offered(`svc check ${folder}/units/antisocial-`)).toEqual([
      expect.stringMatching(/antisocial-beat\.yml$/),
    ]);
  });

  when("completes unit names as the daemon has them", async () => {
    const daemon = await fakeList(["worker@1", "worker@2", "redis"]);
    try {
      expect(await offered("svc start re", { SVC_SOCKET: daemon.socket })).toEqual(["redis"]);
      // bash splits a word at @ and replaces what stands after it.
      const all = shell === "bash" ? ["1", "2"] : ["worker@1", "worker@2"];
      expect(await offered("svc stop worker@", { SVC_SOCKET: daemon.socket })).toEqual(all);
    } finally {
      daemon.server.close();
    }
  });

  when("asks where the line says", async () => {
    const daemon = await fakeList(["redis", "relay"]);
    await mkdir(join(folder, "other"), { recursive: true });
    await writeFile(join(folder, "other/mailer.yml"), "image: x:1\n");
    try {
      expect(await offered(`svc --socket ${daemon.socket} start re`)).toEqual(["redis", "relay"]);
      expect(await offered(`svc --socket=${daemon.socket} start re`)).toEqual(["redis", "relay"]);
      expect(await offered(`svc --socket ${daemon.socket} check --units ${folder}/other m`)).toEqual(["mailer"]);
      expect(await offered("svc check --units ~/other m")).toEqual(["mailer"]);
      expect(await offered("svc check --units=~/other m")).toEqual(["mailer"]);
    } finally {
      daemon.server.close();
    }
  });

  when("completes the keys of unit files, man pages and shells", async () => {
    expect(await offered("svc help unit stop_")).toEqual(["stop_grace_period", "stop_signal"]);
    expect(await offered("svc help rest")).toEqual(["restart"]);
    expect(await offered("svc man svc-")).toEqual(["svc-unit"]);
    expect(await offered("svc schema d")).toEqual(["deploy.yml"]);
    expect(await offered("svc help deploy.")).toEqual(["deploy.yml"]);
    expect(await offered("svc completion z")).toEqual(["zsh"]);
  });

  when("completes apps for docker-runner: units, and env files that name an image", async () => {
    expect(await offered("docker-runner ")).toEqual(["antisocial", "antisocial-beat", "plain", "postfix"]);
    expect(await offered("docker-runner --tag x pl")).toEqual(["plain"]);
    expect(await offered("docker-runner --service")).toEqual(["--service-ports"]);
    expect(await offered("svc run --print pl")).toEqual(["plain"]);
  });

  when("completes containers where one is named", async () => {
    const real = await realEngine();
    try {
      await real.docker("create", "--name", `${real.prefix}-legacy`, real.image, "true");
      expect(await offered(`svc import --from-container ${real.prefix}`)).toEqual([`${real.prefix}-legacy`]);
    } finally {
      await real.cleanup();
    }
  });

  when("leaves what follows the app to the shell", async () => {
    const file = join(folder, "units/notes");
    expect(await offered(`docker-runner plain ${file}`)).toEqual([expect.stringMatching(/notes.txt$/)]);
    expect(await offered("docker-runner plain --service")).toEqual([]);
  });
});

test("what cannot be found out is left out in silence", async () => {
  const nowhere = {
    ...env,
    SVC_UNITS: "/nonexistent",
    SVC_DEFAULT_DIR: "/nonexistent",
    DOCKER_HOST: "unix:///nonexistent",
  };
  for (const kind of ["units", "apps", "containers"])
    expect(await run(join(dist, "svc"), ["__complete", kind], { env: nowhere })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
});

/** A daemon as far as completion sees one: it answers `list`. */
function fakeList(names: readonly string[]): Promise<{ socket: string; server: Server }> {
  const socket = join(folder, `socket-${Math.random().toString(36).slice(2)}`);
  const server = createServer((request, response) => {
    response.end(
      `${JSON.stringify({ result: request.url === "/v1/list" ? names.map((name) => ({ name })) : null })}\n`,
    );
  });
  return new Promise((resolve) => server.listen(socket, () => resolve({ socket, server })));
}
