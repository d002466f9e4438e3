import { messageOf, SvcError } from "../../svc-error.ts";
import type { UnitProblem } from "../../unit/unit-problem.ts";
import type { Cli } from "../context.ts";
import { showProblems } from "./problems.ts";

/** A failure in the user's words, on stderr (as JSON with --json); returns the exit code. */
export function showError(cli: Pick<Cli, "json" | "err">, thrown: unknown): number {
  if (!(thrown instanceof SvcError)) return showError(cli, new SvcError("internal", messageOf(thrown)));
  const { problems } = thrown as SvcError & { readonly problems?: readonly UnitProblem[] };
  if (cli.json) cli.err(`${JSON.stringify({ error: { ...thrown.toJSON(), ...(problems ? { problems } : {}) } })}\n`);
  else {
    cli.err(`svc: ${thrown.message}\n`);
    if (problems) cli.err(showProblems(problems));
    if (thrown.hint) cli.err(`hint: ${thrown.hint}\n`);
  }
  return thrown.exitCode;
}
