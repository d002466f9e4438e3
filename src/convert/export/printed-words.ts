import type { CreateRequest, JsonObject } from "../../unit/docker-run/create-request.ts";
import { splitWords } from "../../unit/docker-run/split-words.ts";
import { quoteWords } from "../../unit/docker-run/to-command-line.ts";
import type { Launch } from "../../unit/unit.ts";

/** The docker run line of a request, or what no line can say. */
export type PrintLine = (
  request: CreateRequest,
  pull: Launch["pull"],
) => { readonly ok: true; readonly line: string } | { readonly ok: false; readonly unsayable: readonly string[] };

/** The file of another program that a unit became. */
export type ExportedText = {
  readonly text: string;
  /** The engine is asked for the very same. */
  readonly isWhole: boolean;
};

/** The words behind docker run, and what is otherwise in them than in the request; what they cannot say is left out. */
export function printedWords(
  request: CreateRequest,
  pull: Launch["pull"],
  print: PrintLine,
): { readonly words: readonly string[]; readonly comments: readonly string[]; readonly isWhole: boolean } {
  const test = execTest(request);
  if (test !== null) {
    const printed = printedWords(throughShell(request, test), pull, print);
    return { ...printed, comments: [shellNeeded, ...printed.comments], isWhole: false };
  }
  const printed = print(request, pull);
  if (printed.ok) return { words: wordsOf(printed.line), comments: [], isWhole: true };
  const { unsayable } = printed;
  const again = print(without(request, unsayable), pull);
  const comments = [`docker run cannot say this: ${unsayable.join(", ")}`];
  return { words: again.ok ? wordsOf(again.line) : [], comments, isWhole: false };
}

const shellNeeded = "healthcheck: docker run has its test run by a shell, which the image must have; the unit has none";

function wordsOf(line: string): readonly string[] {
  const split = splitWords(line);
  return split.ok ? split.words.slice(2) : [];
}

/** The words of a health check that runs without a shell. */
function execTest({ body }: CreateRequest): readonly string[] | null {
  const { Test = [] } = (body.Healthcheck ?? {}) as { readonly Test?: readonly string[] };
  return Test[0] === "CMD" ? Test.slice(1) : null;
}

function throughShell({ body, ...request }: CreateRequest, test: readonly string[]): CreateRequest {
  const Healthcheck = { ...(body.Healthcheck as JsonObject), Test: ["CMD-SHELL", quoteWords(test)] };
  return { ...request, body: { ...body, Healthcheck } };
}

function without(request: CreateRequest, unsayable: readonly string[]): CreateRequest {
  const less = (fields: object) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !unsayable.includes(name)));
  const { body } = request;
  const said = { ...less(body), Image: body.Image, HostConfig: less(body.HostConfig ?? {}) };
  return { ...request, body: said as CreateRequest["body"] };
}
