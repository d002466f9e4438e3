import { terminalSize } from "../terminal-size.ts";
import { readKeys } from "./read-keys.ts";
import { repaint } from "./repaint.ts";
import type { Line, Size } from "./screen.ts";

export type Terminal = {
  size(): Size;
  paint(lines: readonly Line[]): void;
  /** What is on the screen is not known any more: all is painted next time. */
  forget(): void;
  /** Gives it back to the shell until that goes on with us; returns then, or at once where there is no such shell. */
  suspend(): void;
  /** As it was before. */
  close(): void;
};

/** A screen of its own, no cursor, and what is longer than a row does not go on in the next. */
const enter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const leave = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
/** Their number is what the process ends with, on top of 128. */
const endings = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** Takes the terminal, and gives it back at any end of this process that lets it do anything. */
export function openTerminal(options: {
  readonly colour: boolean;
  readonly onKey: (key: string) => void;
  readonly onResize: () => void;
  /** A signal, or the terminal is lost: the exit code. */
  readonly onEnd: (code: number) => void;
}): Terminal {
  const { stdin, stdout } = process;
  let painted: { readonly lines: readonly Line[]; readonly size: Size } | null = null;
  let isOpen = true;
  const resize = (): void => {
    forget();
    options.onResize();
  };
  // Stopped and continued: whoever had the terminal meanwhile may have left it otherwise.
  const again = (): void => {
    stdin.setRawMode(true);
    stdout.write(enter);
    resize();
  };
  const lost = (): void => options.onEnd(128 + endings.SIGHUP);
  const signals = Object.entries(endings).map(([signal, number]) => ({
    signal,
    end: () => options.onEnd(128 + number),
  }));

  const endKeys = readKeys(stdin, options.onKey);
  stdin.on("end", lost).on("error", lost);
  stdout.on("resize", resize);
  process.on("exit", close).on("SIGCONT", again);
  for (const { signal, end } of signals) process.on(signal, end);
  stdin.setRawMode(true);
  stdin.resume();
  stdout.write(enter);
  return { size: terminalSize, paint, forget, suspend, close };

  function paint(lines: readonly Line[]): void {
    if (!isOpen) return;
    const shown = options.colour ? lines : lines.map((line) => line.map(({ text }) => ({ text, style: "" })));
    const now = { lines: shown, size: terminalSize() };
    const isSameSize = painted?.size.columns === now.size.columns && painted.size.rows === now.size.rows;
    const text = repaint(isSameSize ? (painted?.lines ?? null) : null, shown, now.size);
    painted = now;
    if (text !== "") stdout.write(text);
  }

  function forget(): void {
    painted = null;
  }

  function suspend(): void {
    stdout.write(leave);
    stdin.setRawMode(false);
    // All that the shell started with us stops too. The kernel lets us stand where nobody could go on with us.
    process.kill(0, "SIGTSTP");
    again();
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    process.off("exit", close).off("SIGCONT", again);
    for (const { signal, end } of signals) process.off(signal, end);
    stdout.off("resize", resize);
    endKeys();
    stdin.off("end", lost).off("error", lost);
    stdout.write(leave);
    try {
      stdin.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
    stdin.pause();
  }
}
