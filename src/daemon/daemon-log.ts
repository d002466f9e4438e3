import pino from "pino";

/** syslog priorities by pino's levels, for journald's `<N>` prefix. */
const priorities: { readonly [level: string]: number } = { "10": 7, "20": 7, "30": 6, "40": 4, "50": 3, "60": 2 };

/** Lines that wait for a disk that takes none; more are dropped. */
const mostWaitingBytes = 1 << 20;

/** The daemon's own log: JSON lines on stdout; under journald each with its priority, and without what journald adds itself. */
export function daemonLog(environment: { readonly [name: string]: string | undefined }): pino.Logger {
  const destination = pino.destination({ dest: 1, sync: true, maxLength: mostWaitingBytes });
  // What cannot be written waits, as far as there is room for it: a disk that is full ends no supervisor.
  destination.on("error", () => undefined);
  if (environment.JOURNAL_STREAM === undefined)
    return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const streamWrite = (line: string): string => `<${priorities[line.slice(9, 11)] ?? 6}>${line}`;
  return pino({ base: null, timestamp: false, hooks: { streamWrite } }, destination);
}
