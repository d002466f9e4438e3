import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { type Secret, secretsIn } from "./secrets.ts";
import { maskedLine, type PlaceInFile } from "./unit-problem.ts";
import { yamlMistakes } from "./yaml-problems.ts";

export type Path = readonly PropertyKey[];

/** Where a key or a value stands; where there is none, the nearest that holds it. */
export type Place = (path: Path, what: "key" | "value") => PlaceInFile;

export type YamlProblem = {
  readonly severity: "error" | "warning";
  readonly at: PlaceInFile;
  readonly message: string;
  readonly hint: string;
};

export type YamlText = {
  readonly document: Document.Parsed;
  readonly place: Place;
  /** The place of a part of a text, if the text stands as it is on one line of the file. */
  readonly placeWithin: (path: Path, from: number, to: number) => PlaceInFile | null;
  /** The place of a stretch of the file, by offset. */
  readonly at: (offset: number, length: number) => PlaceInFile;
  /** The place of a name, by offset; nothing else of its line is shown. */
  readonly placeOfName: (offset: number, length: number) => PlaceInFile;
  readonly problems: readonly YamlProblem[];
};

/** YAML with Compose's merge keys, and where everything in it stands. */
export function readYaml(file: string, content: string): YamlText {
  const counter = new LineCounter();
  const document = parseDocument(content, {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
    // Its warnings go to the terminal past all that is masked here.
    logLevel: "error",
  });
  const lines = content.split("\n");
  // Looked for only where a line is shown.
  let secrets: readonly Secret[] | null = null;

  const mistakes = yamlMistakes(document, content);
  const problems = mistakes.map(({ severity, offset, length, isKey, message, hint }): YamlProblem => {
    return { severity, at: isKey ? placeOfName(offset, length) : at(offset, length), message, hint };
  });
  return { document, place, placeWithin, at, placeOfName, problems };

  function at(offset: number, length: number): PlaceInFile {
    const place = lineAt(offset, length);
    const { source, column } = place;
    if (mistakes.length > 0) return { ...place, source: keyAlone(source) };
    const asked = [column - 1, column - 1 + place.length] as const;
    return { ...place, source: withoutSecrets(source, offset - column + 1, asked) };
  }

  function placeOfName(offset: number, length: number): PlaceInFile {
    const place = lineAt(offset, length);
    const from = place.column - 1;
    return { ...place, length, source: maskedLine(place.source, [from, from + length]) };
  }

  function lineAt(offset: number, length: number): PlaceInFile {
    const { line, col } = counter.linePos(offset);
    const source = (lines[line - 1] ?? "").replace(/\r$/, "");
    const rest = source.slice(col - 1).trimEnd();
    // What goes on in the next line is marked to the end of this one, without a remark.
    const inLine = Math.max(1, length <= rest.length ? length : rest.replace(/\s+#.*$/, "").length);
    return { file, line, column: col, length: inLine, source };
  }

  /** Of a line with a secret: what stands before that, and what is asked for. Behind it may be more that nobody takes for one. */
  function withoutSecrets(line: string, start: number, asked: readonly [number, number]): string {
    secrets ??= secretsIn(document, content);
    const here = secrets.filter(({ from, to }) => from < start + line.length && to > start);
    if (here.length === 0) return line;
    const first = Math.min(...here.map(({ from }) => from - start));
    let shown = maskedLine(line, [0, first], asked);
    for (const { from, to } of here) shown = maskedLine(shown, [0, from - start], [to - start, line.length]);
    return shown;
  }

  function place(path: Path, what: "key" | "value"): PlaceInFile {
    const found = find(document, path);
    const node = what === "key" ? found?.key : found?.value;
    const range = isNode(node) ? node.range : undefined;
    if (range) return masked(path, at(range[0], range[1] - range[0]));
    return path.length > 0 ? place(path.slice(0, -1), what === "key" && path.length > 1 ? "key" : "value") : at(0, 1);
  }

  function placeWithin(path: Path, from: number, to: number): PlaceInFile | null {
    const node = find(document, path)?.value;
    if (!isScalar(node) || !node.range) return null;
    const written = content.slice(node.range[0], node.range[1]);
    const quoted = written === `"${node.value}"` || written === `'${node.value}'`;
    if ((!quoted && written !== node.value) || written.includes("\n")) return null;
    return at(node.range[0] + (quoted ? 1 : 0) + from, to - from);
  }
}

/** `KEY:`, and `- NAME=` of a list; a text with = at its end, as of a certificate, is none of these. */
const nameOfLine = /^\s*(["']?)[\w.-]{1,60}\1\s*:(?=\s|$)|^\s*(-\s+)?["']?[A-Za-z_]\w{0,59}=(?=[^=\s])|^---(?=\s|$)/;

/** Of a line in a file that is broken: what of it is a value, and which is a secret, nobody knows. */
function keyAlone(line: string): string {
  return maskedLine(line, [0, nameOfLine.exec(line)?.[0].length ?? 0]);
}

/** What stands behind the name of a variable may be a secret. */
function masked(path: Path, place: PlaceInFile): PlaceInFile {
  const at = path.indexOf("environment");
  const inOneLine = place.source.search(/\benvironment["']?\s*:/);
  // A hook's variables may stand in one line with what is wrong.
  if (path[0] !== "environment" && at < 0 && inOneLine > 0) return maskedAfter(place, inOneLine);
  if (at < 0 || path.length < at + 2) return place;
  const name = /^[\s-]*[^:=]*[:=]?/.exec(place.source)?.[0].length ?? 0;
  return { ...place, source: maskedLine(place.source, [0, name]) };
}

function maskedAfter(place: PlaceInFile, from: number): PlaceInFile {
  return { ...place, source: maskedLine(place.source, [0, from + "environment:".length]) };
}

type Found = { readonly key: unknown; readonly value: unknown };

function find(document: Document.Parsed, path: Path): Found | null {
  let found: Found = { key: undefined, value: document.contents };
  for (const step of path) {
    const parent = behindAlias(document, found.value);
    const next = isMap(parent)
      ? findPair(document, parent, step)
      : isSeq(parent) && typeof step === "number" && parent.items[step] !== undefined
        ? { key: parent.items[step], value: parent.items[step] }
        : null;
    if (!next) return null;
    found = next;
  }
  return found;
}

/** A map's own key, else that of a map that is merged into it (`<<`). */
function findPair(document: Document.Parsed, map: YAMLMap, name: PropertyKey): Found | null {
  const own = map.items.find((pair: Pair) => isScalar(pair.key) && String(pair.key.value) === String(name));
  if (own) return { key: own.key, value: own.value ?? own.key };
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.source !== "<<") continue;
    const merged = behindAlias(document, pair.value);
    for (const one of isSeq(merged) ? merged.items : [merged]) {
      const inner = behindAlias(document, one);
      const found = isMap(inner) ? findPair(document, inner, name) : null;
      if (found) return found;
    }
  }
  return null;
}

function behindAlias(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** Every text or number of the document; what `change` returns takes its place. */
export function changeScalars(
  document: Document.Parsed,
  change: (value: unknown, node: Node) => unknown,
  which: "values" | "keys too" = "values",
): void {
  visit(document, {
    Scalar(position, node) {
      if (which === "keys too" || position !== "key") node.value = change(node.value, node);
    },
  });
}
