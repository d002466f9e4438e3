import { basename } from "node:path";

/** The only entry. `svc` and `docker-runner` are one program, told apart by the name it was called by. */
async function main(): Promise<number> {
  const applet = basename(process.argv0);
  const args = process.argv.slice(2);
  if (applet === "docker-runner") return runTask(args);
  const [command, ...rest] = args;
  switch (command) {
    case "daemon":
      return (await import("./daemon/daemon.ts")).daemon(rest, process.env);
    case "run":
      return runTask(rest);
    case "__guard":
      return (await import("./runner/guard.ts")).guard(rest);
    default:
      return (await import("./cli/main.ts")).cli(args, process.env);
  }
}

async function runTask(args: readonly string[]): Promise<number> {
  const { dockerRunner } = await import("./runner/docker-runner.ts");
  return dockerRunner(args, {
    environment: process.env,
    showProblems: async (problems) => (await import("./cli/show/problems.ts")).showProblems(problems),
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    process.stderr.write(`svc: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    process.exitCode = 70;
  },
);
