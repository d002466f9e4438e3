import { request } from "../control/client.ts";
import type { Ask, ProgressOf, RequestName, Result } from "../control/request.ts";
import { pathOf } from "../unit/places.ts";
import { wrap } from "./show/wrap.ts";
import { terminalSize } from "./terminal-size.ts";

export type Environment = { readonly [name: string]: string | undefined };

/** What a command works with. */
export type Cli = {
  readonly socket: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
  /** stdin and stderr are a terminal: questions may be asked, progress may be redrawn. */
  readonly terminal: boolean;
  readonly environment: Environment;
  readonly out: (text: string) => void;
  /** The same for what people read: on a terminal no word is broken at its edge. */
  readonly words: (text: string) => void;
  /** Of the terminal that stdout is; Infinity: it is none. */
  readonly columns: number;
  readonly err: (text: string) => void;
};

/** Asks the daemon of this command line. */
export function ask<N extends RequestName>(
  cli: Cli,
  name: N,
  body: Ask<N>,
  onProgress?: (progress: ProgressOf<N>) => void,
): Promise<Result<N>> {
  return request(cli.socket, name, body, onProgress);
}

export function printJson(cli: Cli, value: unknown): void {
  cli.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** Of the options that every command has. */
export function contextOf(
  options: { socket?: string; json?: boolean; quiet?: boolean; color?: boolean },
  environment: Environment,
): Cli {
  const columns = process.stdout.isTTY ? terminalSize().columns : Number.POSITIVE_INFINITY;
  const noColour = (environment.NO_COLOR ?? "") !== "" || options.color === false;
  return {
    socket: options.socket ?? pathOf("socket", environment),
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    colour: process.stdout.isTTY === true && !noColour,
    terminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    environment,
    out: (text) => process.stdout.write(text),
    words: (text) => process.stdout.write(wrap(text, columns)),
    columns,
    err: (text) => process.stderr.write(text),
  };
}
