import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { buildUnit } from "../../unit/build-unit.ts";
import { FileReader } from "../../unit/file-reader.ts";
import { readUnitFile } from "../../unit/unit-file.ts";
import type { UnitProblem } from "../../unit/unit-problem.ts";
import { type Draft, tell } from "./draft.ts";
import type { Host } from "./host.ts";
import { unitText } from "./unit-text.ts";

/** The text of the unit file, read by svc's own reader; a key that it refuses stands in a comment and is told. */
export async function acceptedText(draft: Draft, host: Host): Promise<string> {
  for (;;) {
    const text = unitText(draft);
    const problem = (await problemsOf(draft, text, host)).find(({ severity }) => severity === "error");
    if (!problem) return text;
    const place = placeIn(text, problem);
    if (!place || draft.keys[place.key] === undefined)
      throw new Error(`${draft.name}: svc's own reader refuses what the import wrote: ${problem.message}`);
    refuse(draft, place, problem);
  }
}

type PlaceInDraft = { readonly key: string; readonly element: number | null };

/** The key that a place of the file is in, and which element of its list. */
function placeIn(text: string, { line, column }: UnitProblem): PlaceInDraft | null {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const at = (counter.lineStarts[line - 1] ?? 0) + column - 1;
  const holds = (node: unknown): boolean => isNode(node) && at >= (node.range?.[0] ?? 0) && at < (node.range?.[1] ?? 0);
  const pairs = isMap(document.contents) ? document.contents.items : [];
  // What is missing in a list has no place of its own.
  const pair =
    pairs.find(({ key, value }) => holds(key) || holds(value)) ??
    pairs.findLast(({ key }) => isNode(key) && (key.range?.[0] ?? 0) <= at);
  if (!pair || !isScalar(pair.key)) return null;
  const element = isSeq(pair.value) ? pair.value.items.findIndex(holds) : -1;
  return { key: String(pair.key.value), element: element < 0 ? null : element };
}

/** What was noted as taken is not understood after all. */
function refuse(draft: Draft, { key, element }: PlaceInDraft, { message, hint, code }: UnitProblem): void {
  const all = draft.keys[key] ?? null;
  const isPart = element !== null && Array.isArray(all) && all.length > 1;
  const value = isPart ? all[element] : all;
  if (isPart) draft.keys[key] = all.toSpliced(element, 1);
  else delete draft.keys[key];

  const own = draft.notes.filter((note) => note.key === key);
  const taken = own.filter(({ verdict }) => verdict === "taken");
  // Each flag has a note of its own, a key of Compose one for its whole list.
  const at = isPart && taken.length === all.length ? element : 0;
  const turned = isPart ? taken.slice(at, at + 1) : taken;
  for (const note of turned) draft.notes.splice(draft.notes.indexOf(note), 1);
  const [{ file, line, what } = { file: draft.file, line: null, what: key }] = [...turned, ...own];
  const source = `${key}: ${JSON.stringify(value)} (${message})`;
  const said = [turned.length > 1 ? key : what, `svc refuses it; ${hint ?? code}`] as const;
  tell(draft, "not understood", { file, line }, said, { source, key });
}

async function problemsOf(draft: Draft, text: string, host: Host): Promise<readonly UnitProblem[]> {
  const name = draft.name.endsWith("@") ? `${draft.name}1` : draft.name;
  const file = `/${draft.name}.yml`;
  // A template without an instance is checked as far as nobody has to know what %i is.
  const itself = readUnitFile(draft.name, file, text);
  const read = readUnitFile(name, file, text);
  if (!read.keys || !itself.keys) return [...itself.problems, ...read.problems];
  const folders = { units: "/", defaultDir: host.defaultDir, wwwDir: host.wwwDir };
  const built = await buildUnit({ name, file, read: { ...read, keys: read.keys }, folders, reader: new FileReader() });
  return [...itself.problems, ...read.problems, ...built.problems].filter((problem) => problem.file === file);
}
