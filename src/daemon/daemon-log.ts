import pino from "pino";

/** syslog priorities by pino's levels, for journald's `<N>` prefix. */
const priorities: { readonly [level: string]: number } = { "10": 7, "20": 7, "30": 6, "40": 4, "50": 3, "60": 2 };

/** The daemon's own log: JSON lines on stdout; under journald each with its priority, and without what journald adds itself. */
export function daemonLog(environment: { readonly [name: string]: string | undefined }): pino.Logger {
  const destination = pino.destination({ dest: 1, sync: true });
  if (environment.JOURNAL_STREAM === undefined)
    return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const streamWrite = (line: string): string => `<${priorities[line.slice(9, 11)] ?? 6}>${line}`;
  return pino({ base: null, timestamp: false, hooks: { streamWrite } }, destination);
}
