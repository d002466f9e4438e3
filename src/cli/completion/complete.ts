import { SvcError } from "../../svc-error.ts";
import { contextOf, type Environment } from "../context.ts";
import { endWithTheReader } from "../end-with-the-reader.ts";
import { showError } from "../show/error.ts";
import { candidates, type SaidPlaces } from "./candidates.ts";

const kinds = ["units", "apps", "containers"] as const;

/**
 * `svc __complete KIND`, which the shells ask at every TAB, without the reader of command lines and all other commands. What the line
 * says of places follows KIND as it stands there: `--socket PATH`, `--units=FOLDER`.
 */
export async function complete([kind, ...said]: readonly string[], environment: Environment): Promise<number> {
  const places = placesIn(said);
  const cli = contextOf(places, environment);
  endWithTheReader((error) => showError(cli, error));
  const known = kinds.find((one) => one === kind);
  if (!known) return showError(cli, new SvcError("usage", `${kind} cannot be completed`, { hint: kinds.join(", ") }));
  cli.out((await candidates(known, cli, places)).map((name) => `${name}\n`).join(""));
  return 0;
}

/** The last of each counts. */
function placesIn(words: readonly string[]): SaidPlaces & { readonly socket?: string } {
  const found: { [name: string]: string } = {};
  for (const [at, word] of words.entries()) {
    const [, name = "", equals, value] = /^--(socket|units|default-dir)(=)?(.*)$/.exec(word) ?? [];
    const said = equals ? value : words[at + 1];
    if (name !== "" && said) found[name] = said;
  }
  return found;
}
