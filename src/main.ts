import { basename } from "node:path";
import { SvcError } from "./svc-error.ts";

/** The only entry. `svc` and `docker-runner` are one program, told apart by the name it was called by. */
async function main(): Promise<number> {
  const applet = basename(process.argv0);
  const args = process.argv.slice(2);
  if (applet === "docker-runner") return runTask(args);
  const [command, ...rest] = args;
  switch (command) {
    case "daemon":
      if (rest.some((word) => word === "--help" || word === "-h")) break;
      // All is written by then: what it would remember for a while is no reason to live on and hold the lock of its state.
      return process.exit(await (await import("./daemon/daemon.ts")).daemon(rest, process.env));
    case "proxy":
      if (rest.some((word) => word === "--help" || word === "-h")) break;
      return (await import("./front/proxy.ts")).proxy(rest, {
        environment: process.env,
        showStatus: async (status) => (await import("./cli/show/front.ts")).showFront(status),
      });
    case "front":
      return (await import("./front/front.ts")).front(rest, {
        environment: process.env,
        version: (await import("./control/own-program.ts")).ownVersion,
      });
    case "run":
      return runTask(rest);
    case "dial-stdio": {
      const { pathOf } = await import("./unit/places.ts");
      return (await import("./control/dial-stdio.ts")).dialStdio(pathOf("socket", process.env));
    }
    case "__guard":
      return (await import("./runner/guard.ts")).guard(rest);
    case "__complete":
      return (await import("./cli/completion/complete.ts")).complete(rest, process.env);
    case "list":
    case "status":
      // Scripts and prompts ask for these often: with names alone, the reader of command lines is not loaded.
      if (rest.some((word) => word.startsWith("-"))) break;
      return (await import("./cli/quick-look.ts")).quickLook(command, rest, process.env);
  }
  return (await import("./cli/main.ts")).cli(args, process.env);
}

async function runTask(args: readonly string[]): Promise<number> {
  const { dockerRunner } = await import("./runner/docker-runner.ts");
  return dockerRunner(args, {
    environment: process.env,
    showProblems: async (problems) => (await import("./cli/show/problems.ts")).showProblems(problems),
  });
}

// One that has nothing left to wait for, and is not done, ends by itself: it must not look as if it were.
process.exitCode = 70;
process.once("beforeExit", tellUnfinished);
main().then(
  (code) => {
    process.removeListener("beforeExit", tellUnfinished);
    process.exitCode = code;
  },
  (thrown: unknown) => {
    // What was begun before it failed must not go on by itself: the process ends here.
    if (thrown instanceof SvcError) {
      process.stderr.write(`svc: ${thrown.message}\n${thrown.hint ? `hint: ${thrown.hint}\n` : ""}`);
      process.exit(thrown.exitCode);
    }
    process.stderr.write(`svc: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    process.exit(70);
  },
);

function tellUnfinished(): void {
  process.stderr.write("svc: it ended before it was done, and does not know why: please report what you did\n");
}
