import { constants } from "node:os";

const firstRealTime = 34;
const lastRealTime = 64;

/**
 * A signal as engines read it, with or without SIG: its full name, `SIGTERM`, or the number of a real-time one, for which Node
 * has no name; null: no signal. (moby/sys, signal/signal_linux.go)
 */
export function signalOf(text: string): string | number | null {
  const name = text.toUpperCase().replace(/^(SIG)?/, "SIG");
  if (name === "SIGCLD") return "SIGCHLD";
  if (Object.hasOwn(constants.signals, name)) return name;
  const [, end, away] = /^SIGRT(MIN(?=$|\+)|MAX(?=$|-))([+-]\d+)?$/.exec(name) ?? [];
  if (end === undefined) return null;
  const number = (end === "MIN" ? firstRealTime : lastRealTime) + Number(away ?? 0);
  return number >= firstRealTime && number <= lastRealTime ? number : null;
}

/** The full name of signal `number`, `SIGTERM` of 15; null: none has it, or it is a real-time one. */
export function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, one]) => one === number)?.[0] ?? null;
}

/** The exit code that docker's client has of an end: a code, or the full name of a signal. */
export function codeOfEnd(end: number | string): number {
  return typeof end === "number" ? end : 128 + (constants.signals[end as NodeJS.Signals] ?? 0);
}
