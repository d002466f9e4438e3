import { contextOf, type Environment } from "./context.ts";
import { endWithTheReader } from "./end-with-the-reader.ts";
import { type LookName, lookAtUnits } from "./look-at-units.ts";
import { showError } from "./show/error.ts";

/** `svc list` and `svc status` with names alone, without the reader of command lines and all other commands. */
export async function quickLook(name: LookName, units: readonly string[], environment: Environment): Promise<number> {
  const cli = contextOf({}, environment);
  const tell = (error: unknown): number => showError(cli, error);
  endWithTheReader(tell);
  return lookAtUnits(cli, name, units).catch(tell);
}
