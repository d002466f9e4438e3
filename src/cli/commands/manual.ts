import { Argument, type Command } from "commander";
import type { Run } from "./look.ts";

const pages = ["svc", "docker-runner", "svc-unit"] as const;
const shells = ["bash", "zsh", "fish"] as const;

/** Commands that print what install.sh puts beside the program: man pages and completions, made from the command tree. */
export function addManual(program: Command, run: Run): void {
  program
    .command("man")
    .addArgument(new Argument("<page>", "the man page").choices(pages))
    .description("print a man page; to read it: svc man svc | man -l -")
    .action((page: (typeof pages)[number]) =>
      run(async (cli) => {
        const { manPage } = await import("../manual/man-page.ts");
        cli.out(manPage(page, program));
        return 0;
      }),
    );
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .description("print the completion of svc and docker-runner for a shell")
    .action((shell: (typeof shells)[number]) =>
      run(async (cli) => {
        const { completionOf } = await import("../completion/completion.ts");
        cli.out(completionOf(shell, program));
        return 0;
      }),
    );
}
