import type { Size } from "./top/screen.ts";

/** Of the terminal that stdout is. A serial console, or one that a program made, may not know its size: it says 0. */
export function terminalSize(): Size {
  const { columns, rows } = process.stdout;
  return { columns: columns || 80, rows: rows || 24 };
}
