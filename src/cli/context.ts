import { request } from "../control/client.ts";
import type { Ask, ProgressOf, RequestName, Result } from "../control/request.ts";

/** What a command works with. */
export type Cli = {
  readonly socket: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
  /** stdin and stderr are a terminal: questions may be asked, progress may be redrawn. */
  readonly terminal: boolean;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly out: (text: string) => void;
  /** The same for what people read: on a terminal no word is broken at its edge. */
  readonly words: (text: string) => void;
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
