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
  type YAMLError,
  type YAMLMap,
} from "yaml";
import { type Secret, secretsIn } from "./secrets.ts";
import { maskedLine, type PlaceInFile } from "./unit-problem.ts";

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
  readonly problems: readonly YamlProblem[];
};

/** YAML with Compose's merge keys, and where everything in it stands. */
export function readYaml(file: string, content: string): YamlText {
  const counter = new LineCounter();
  const document = parseDocument(content, { lineCounter: counter, prettyErrors: false, uniqueKeys: true, merge: true });
  const lines = content.split("\n");
  // Looked for only where a line is shown.
  let secrets: readonly Secret[] | null = null;

  const at = (offset: number, length: number): PlaceInFile => {
    const { line, col } = counter.linePos(offset);
    const source = (lines[line - 1] ?? "").replace(/\r$/, "");
    const rest = source.slice(col - 1).trimEnd();
    // What goes on in the next line is marked to the end of this one, without a remark.
    const inLine = Math.max(1, length <= rest.length ? length : rest.replace(/\s+#.*$/, "").length);
    const shown = withoutSecrets(source, offset - col + 1, [col - 1, col - 1 + inLine]);
    return { file, line, column: col, length: inLine, source: shown };
  };
  const problems = [...document.errors, ...document.warnings].map((error) => yamlProblem(error, content, at));
  if (document.errors.length === 0) problems.push(...lostAliases(document, at));
  return { document, place, placeWithin, at, problems };

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

const hints: { readonly [code: string]: string } = {
  DUPLICATE_KEY: "keep one of them",
  TAB_AS_INDENT: "indent with blanks",
  BAD_INDENT: "give the lines of one map or list the same indentation",
  MULTILINE_IMPLICIT_KEY: "write KEY: VALUE, with a colon and a blank",
  BLOCK_AS_IMPLICIT_KEY: 'put a value that has ": " in it in quotes',
  MISSING_CHAR: "close the quote or the bracket, or put the missing character there",
  UNEXPECTED_TOKEN: "put the value in quotes if it is meant as text",
  MULTIPLE_DOCS: "a unit file is one document: take --- out, or make two files",
  TAG_RESOLVE_FAILED: "take the ! word out",
};

function yamlProblem(error: YAMLError, content: string, at: YamlText["at"]): YamlProblem {
  const [start, end] = error.pos;
  const key = error.code === "DUPLICATE_KEY" ? /^[^:\n]*/.exec(content.slice(start))?.[0].trimEnd() : undefined;
  return {
    severity: error.name === "YAMLWarning" ? "warning" : "error",
    at: at(start, Math.max(1, key?.length ?? end - start)),
    // The rest is advice for programmers.
    message: error.message.replace(/; please use .*$/, ""),
    hint: hints[error.code] ?? "put the value in quotes if it is meant as text",
  };
}

/** The library notices an alias of nothing only when the values are asked for. */
function lostAliases(document: Document.Parsed, at: YamlText["at"]): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document)) return;
      const [start, end] = node.range ?? [0, 0];
      const message = `*${node.source} stands for nothing`;
      const hint = `write &${node.source} before it, where the value is defined`;
      problems.push({ severity: "error", at: at(start, end - start), message, hint });
    },
  });
  return problems;
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
