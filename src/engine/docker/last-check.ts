/** What State.Health of an inspected container holds, as far as it is read. */
export type RawHealth = {
  readonly Status?: string;
  readonly Log?: readonly { readonly ExitCode?: number; readonly Output?: string }[] | null;
};

const longest = 200;

/** How its healthcheck ended last: `exit 1: db gone away`, with the last line that it wrote; null: it passed, or was not run yet. */
export function lastCheckOf(health: RawHealth | undefined): string | null {
  const last = health?.Log?.at(-1);
  if (!last || last.ExitCode === 0) return null;
  const line = lastLine(last.Output ?? "");
  // The engine says -1 of one that could not be run or took too long, and why in what stands for its output.
  const exit = last.ExitCode === -1 || last.ExitCode === undefined ? [] : [`exit ${last.ExitCode}`];
  return [...exit, ...(line === "" ? [] : [line])].join(": ") || null;
}

/** Of what people read in one line: no colours, no control characters, not too long. */
function lastLine(output: string): string {
  const lines = output.split(/[\r\n]+/).map((line) =>
    line
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
      .replace(/\x1b\[[\d;?]*[ -/]*[@-~]/g, "")
      .replace(/[\p{Cc}\p{Cf}]/gu, "")
      .trim(),
  );
  const line = lines.findLast((one) => one !== "") ?? "";
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
