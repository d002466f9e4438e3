import { basename, dirname, join, resolve } from "node:path";
import { isAlias, isMap, isScalar, type Node, type Pair, visit } from "yaml";
import { dotenvVariables } from "../../../unit/app-files/dotenv-variables.ts";
import { type Draft, newDraft, tell, type Value } from "../draft.ts";
import type { Host } from "../host.ts";
import { unitName } from "../unit-name.ts";
import { type ComposeText, pairsOf, readCompose } from "./compose-text.ts";
import { takeTasks } from "./depends-on.ts";
import { projectOf } from "./project.ts";
import { takeService } from "./service.ts";

/** What stands at the top of a file since Compose has more than services. */
const sections = /^(services|version|name|include|networks|volumes|secrets|configs|x-.*)$/;

/** A unit for each service of a compose file. */
export function importCompose(
  { file, text }: { readonly file: string; readonly text: string },
  host: Host,
): readonly Draft[] {
  const folder = resolve(dirname(file));
  const known = new Map(
    dotenvVariables(host.readFile(join(folder, ".env")) ?? "").map(({ name, value }) => [name, value]),
  );
  const read = readCompose(text, known);
  const [problem] = read.problems;
  if (problem) {
    const whole = newDraft(basename(file), file);
    tell(whole, "not understood", { file, line: problem.line }, ["the file", problem.message]);
    return [whole];
  }
  const top = new Map(pairsOf(read.document, read.document.contents).map((pair) => [nameOf(pair), pair]));
  const services = top.get("services");
  const isFirstFormat = ![...top.keys()].some((name) => sections.test(name));
  const head = newDraft(basename(file), file);
  const named = isFirstFormat ? [...top.values()] : pairsOf(read.document, services?.value);
  const pairs = named.filter(({ value }) => isMap(isAlias(value) ? value.resolve(read.document) : value));
  const [other] = named.filter((pair) => !pairs.includes(pair));
  if (isFirstFormat && other) {
    const because = `it has no services:, and ${nameOf(other)} is no service`;
    tell(head, "not understood", { file, line: read.lineOf(other) }, ["the file", because]);
    return [head];
  }
  if (named.length === 0) tell(head, "not understood", { file, line: 1 }, ["the file", "it has no services"]);
  for (const pair of named.filter((one) => !pairs.includes(one)))
    tell(head, "not understood", { file, line: read.lineOf(pair) }, [nameOf(pair), "a service is a map of keys"]);
  const project = projectOf({ top, folder, known, isFirstFormat, count: pairs.length });
  const drafts = pairs.map((pair) => serviceDraft(pair, file, read));
  for (const [at, draft] of drafts.entries()) {
    const pair = pairs[at];
    if (pair) takeService({ draft, pair, read, project, folder, known, host, others: drafts });
  }
  for (const [at, draft] of drafts.entries()) {
    if (draft.keys.image !== undefined) continue;
    const origin = { file, line: read.lineOf(pairs[at]) };
    const isExtended = pairsOf(read.document, pairs[at]?.value).some((pair) => nameOf(pair) === "extends");
    const because = isExtended
      ? "the service that it extends says it: write it here"
      : "neither image nor build says it";
    tell(draft, "not understood", origin, [`${draft.name}: image`, because]);
  }
  takeTasks(drafts, (draft) => read.lineOf(pairs[drafts.indexOf(draft)]));
  if (!isFirstFormat) for (const [name, pair] of top) takeTop(head, name, pair, read);
  return [head, ...drafts];
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

function serviceDraft(pair: Pair, file: string, read: ComposeText): Draft {
  const draft = newDraft(unitName(nameOf(pair)), file);
  if (draft.name !== nameOf(pair))
    tell(draft, "changed", { file, line: read.lineOf(pair) }, [draft.name, "a name of letters, digits, _, . and -"]);
  const value = isAlias(pair.value) ? pair.value.resolve(read.document) : (pair.value as Node);
  const keys = (value?.toJS(read.document) ?? {}) as { [key: string]: Value };
  for (const [key, one] of Object.entries(keys)) draft.keys[key] = plain(one);
  const own = pairsOf(read.document, pair.value);
  for (const one of own) if (!hasAlias(one)) draft.pasted.set(nameOf(one), one);
  // What stands before the first key is kept with the map.
  const [first] = own;
  if (value && isMap(value) && value.commentBefore && first && isScalar(first.key))
    first.key.commentBefore = value.commentBefore;
  return draft;
}

/** As Compose reads it: $$ is $. */
function plain(value: Value): Value {
  return JSON.parse(JSON.stringify(value ?? null).replaceAll("$$", "$"));
}

function hasAlias(pair: Pair): boolean {
  let found = false;
  visit(pair.value as Node, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
    Pair: (_, { key }) => {
      found ||= isScalar(key) && key.source === "<<";
    },
  });
  return found;
}

function takeTop(head: Draft, name: string, pair: Pair, { lineOf }: ComposeText): void {
  const origin = { file: head.file, line: lineOf(pair) };
  if (name === "services" || name.startsWith("x-")) return;
  if (name === "version" || name === "name") {
    tell(head, "taken", origin, [name, "a unit is named by its file"]);
    return;
  }
  if (name === "networks" || name === "volumes") {
    tell(head, "taken", origin, [name, "units name them as the engine knows them"]);
    return;
  }
  const because = name === "include" ? "import that file too" : "svc has none; mount a file with volumes";
  tell(head, "not understood", origin, [name, because]);
}
