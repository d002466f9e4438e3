import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { CreateRequest, Json } from "../unit/docker-run/create-request.ts";
import { createRequestFromFlags } from "../unit/docker-run/create-request-from-flags.ts";
import { commandLineOf, quoteWords } from "../unit/docker-run/to-command-line.ts";
import type { Launch } from "../unit/unit.ts";

export type PrintedLine =
  | { readonly ok: true; readonly line: string }
  /** Flags or fields of the request that a command line cannot say. */
  | { readonly ok: false; readonly unsayable: readonly string[] };

/** The docker run line that makes the engine do the same as this request of docker-runner. */
export function printLine(request: CreateRequest, pull: Launch["pull"]): PrintedLine {
  // Attached to both unless one is named; and the size of a terminal is that of the one it will run on.
  const { AttachStdout: _, AttachStderr: __, ...body } = request.body;
  const { ConsoleSize: ___, ...host } = body.HostConfig ?? {};
  const said: CreateRequest = { ...request, body: { ...body, HostConfig: host } };
  const words = commandLineOf(said, { flags: pull === "missing" ? [] : [`--pull=${pull}`] });
  const unsayable = difference(said, words.slice(2));
  return unsayable.length === 0 ? { ok: true, line: quoteWords(words) } : { ok: false, unsayable };
}

/** The line is read back as the docker CLI reads it: where that makes another request, there is no line. */
function difference(request: CreateRequest, words: readonly string[]): readonly string[] {
  const read = createRequestFromFlags(words, {
    image: null,
    command: [],
    hostEnvironment: process.env,
    workingDirectory: process.cwd(),
    readFile: (path) => readFileSync(path, "utf8"),
    use: "docker",
  });
  if (!read.ok) return read.problems.map(({ word }) => words[word]?.split("=")[0] ?? "");
  const [wanted, got] = [fieldsOf(request), fieldsOf(read.request)];
  return [...new Set([...wanted.keys(), ...got.keys()])].filter(
    (field) => !isDeepStrictEqual(wanted.get(field), got.get(field)),
  );
}

function fieldsOf({ platform, body }: CreateRequest): ReadonlyMap<string, Json | undefined> {
  const { HostConfig = {}, Entrypoint, Cmd = [], Env = [], ...rest } = body;
  // A list has no flag; the engine runs the words of both, one after the other.
  const words = Array.isArray(Entrypoint) && Entrypoint[0] ? [...Entrypoint, ...Cmd] : [Entrypoint ?? null, ...Cmd];
  // Of a variable that is named twice the engine takes the last, as the CLI sends it.
  const variables = Object.fromEntries(Env.map((variable) => [variable.split("=")[0], variable]));
  const fields = { ...rest, ...HostConfig, Platform: platform, Entrypoint: words, Env: variables };
  return new Map(Object.entries(fields as { [name: string]: Json }));
}
