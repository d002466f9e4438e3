import { isDeepStrictEqual } from "node:util";
import { Document, isMap, isNode, isScalar, type Node, type Pair, visit } from "yaml";
import { inOrder, shape } from "../yaml-shape.ts";
import { type Draft, instanceMark, type Value } from "./draft.ts";
import { type Note, placeOf } from "./note.ts";

/** The unit file of a draft: its keys in the order of the help, and a comment at each that means something else now. */
export function unitText(draft: Draft): string {
  const names = inOrder(Object.keys(draft.keys));
  const document = new Document({});
  if (isMap(document.contents)) document.contents.flow = false;
  for (const name of names) {
    const pair = pastedPair(draft, name) ?? newPair(document, draft, name);
    const comments = draft.notes.filter((note) => note.key === name && note.verdict !== "taken");
    if (comments.length > 0 && isScalar(pair.key))
      pair.key.commentBefore = [pair.key.commentBefore ?? "", commentOf(comments)]
        .filter((one) => one !== "")
        .join("\n");
    (document.contents as unknown as { items: Pair[] }).items.push(pair);
  }
  const rest = draft.notes.filter(({ key, verdict }) => verdict !== "taken" && (key === null || !names.includes(key)));
  document.commentBefore = [` Made by svc import from ${placeOf({ file: draft.file, line: null })}.`, commentOf(rest)]
    .filter((text) => text !== "")
    .join("\n");
  if (names.length === 0) return `#${document.commentBefore.replaceAll("\n", "\n#")}\n`;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function newPair(document: Document, draft: Draft, name: string): Pair {
  const pair = document.createPair(name, written(draft.keys[name] ?? null, draft.name));
  shape(name, pair.value);
  return pair;
}

/** A key that stands in a compose file as it is to stand here, with its comments. */
function pastedPair({ keys, pasted }: Draft, name: string): Pair | null {
  // Several services may have it in common.
  const pair = pasted.get(name)?.clone();
  const key = pair?.key;
  if (!pair || !isScalar(key)) return null;
  const value = isNode(pair.value) ? pair.value.toJS(new Document()) : pair.value;
  const read = JSON.parse(JSON.stringify(value ?? null).replaceAll("$$", "$"));
  if (!isDeepStrictEqual(read, keys[name])) return null;
  visit(pair as unknown as Node, { Node: (_, node) => void ("anchor" in node && delete node.anchor) });
  // A blank line before it was part of another whole.
  key.spaceBefore = false;
  return pair;
}

function commentOf(notes: readonly Note[]): string {
  return notes
    .flatMap((note) => {
      const { what, verdict, because, source } = note;
      const [first = "", ...others] = (source ?? "").split("\n");
      const word = verdict === "not understood" ? "NOT UNDERSTOOD: " : "";
      const said = source === undefined ? what : first;
      return [` ${placeOf(note)}: ${word}${said}: ${because}`, ...others.map((line) => `   ${line}`)];
    })
    .join("\n");
}

/** As the reader of unit files reads it back: $$ is $, and in the instances of a template %% is %. */
function written(value: Value, name: string): Value {
  if (typeof value === "string") return writtenText(value, name.includes("@"), "value");
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => written(one, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [writtenText(key, name.includes("@"), "key"), written(one, name)]),
  );
}

function writtenText(text: string, isTemplate: boolean, what: "key" | "value"): string {
  const dollars = what === "value" && /\$\$|\$\{/.test(text) ? text.replaceAll("$", "$$$$") : text;
  const percents = isTemplate ? dollars.replace(/%(?=[ipn%])/g, "%%") : dollars;
  return percents.replaceAll(instanceMark, "%i");
}
