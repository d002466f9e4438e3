import { spawnSync } from "node:child_process";
import type { TerminalSize } from "../unit/one-off.ts";

export type RawTerminal = {
  /** What is typed reaches the task as it is, Ctrl-C too, and every change of size is told. */
  begin(): void;
  tellSize(): void;
  /** As it was before; done at any end of this process that lets it do anything. */
  end(): void;
};

export function rawTerminal(resize: (size: TerminalSize) => void): RawTerminal {
  const { stdin, stdout } = process;
  const tellSize = (): void => resize(terminalSize());
  const restore = (): void => void stdin.setRawMode(false);
  return {
    begin() {
      process.on("exit", restore);
      stdin.setRawMode(true);
      withoutOutputProcessing();
      stdout.on("resize", tellSize);
    },
    tellSize,
    end() {
      stdout.off("resize", tellSize);
      process.off("exit", restore);
      restore();
    },
  };
}

export function terminalSize(): TerminalSize {
  return { columns: process.stdout.columns, rows: process.stdout.rows };
}

/**
 * Node's raw mode has the terminal put a carriage return before each line feed still; the task's own terminal does that where it is
 * meant, and programs that draw use a bare line feed to go down. Ending raw mode restores this too.
 */
function withoutOutputProcessing(): void {
  spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"], env: { PATH: "/usr/bin:/bin" } });
}
