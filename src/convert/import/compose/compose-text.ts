import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import { yamlMistakes } from "../../../unit/yaml-problems.ts";

type Problem = { readonly line: number; readonly message: string };

/** A compose file whose variables are replaced where their value is known. */
export type ComposeText = {
  readonly document: Document.Parsed;
  readonly problems: readonly Problem[];
  readonly lineOf: (node: unknown) => number;
  /** What became of the variables in this part of the file, aliases followed. */
  readonly variablesIn: (node: unknown) => readonly Replaced[];
};

export type Replaced = {
  readonly line: number;
  readonly name: string;
  readonly by: "file" | "default" | "nothing known";
};

/** Reads a compose file; `known` are the variables of the .env file beside it. */
export function readCompose(text: string, known: ReadonlyMap<string, string>): ComposeText {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, merge: true, logLevel: "error" });
  const problems = yamlMistakes(document, text)
    .filter(({ severity }) => severity === "error")
    .map(({ offset, message }) => ({ line: counter.linePos(offset).line, message }));
  const replaced = new Map<Node, readonly Replaced[]>();
  const lineOf = (node: unknown): number => {
    const at = isPair(node) ? (node.key as Node) : (node as Node);
    return at?.range ? counter.linePos(at.range[0]).line : 1;
  };
  if (problems.length === 0) problems.push(...circles(document, lineOf));
  if (problems.length === 0) problems.push(...badReferences(document));
  visit(document, {
    Scalar(position, node) {
      keepAsWritten(node);
      if (position === "key" || typeof node.value !== "string" || !node.value.includes("$")) return;
      const found: Replaced[] = [];
      node.value = interpolate(node.value, known, (name, by) => found.push({ line: lineOf(node), name, by }));
      replaced.set(node, found);
    },
  });
  return { document, problems, lineOf, variablesIn };

  function variablesIn(node: unknown): readonly Replaced[] {
    const seen = new Set<unknown>();
    const found: Replaced[] = [];
    const walk = (one: unknown): void => {
      const target = isAlias(one) ? one.resolve(document) : one;
      if (target === undefined || seen.has(target)) return;
      seen.add(target);
      visit(target as Node, {
        Scalar(_, scalar) {
          found.push(...(replaced.get(scalar) ?? []));
        },
        Alias(_, alias) {
          walk(alias);
        },
      });
    };
    walk(node);
    return found;
  }
}

/** Values without an end: an alias within what it names. */
function circles(document: Document.Parsed, lineOf: (node: unknown) => number): readonly Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Alias(_, alias, within) {
      const whole = alias.resolve(document);
      if (whole && within.includes(whole))
        found.push({
          line: lineOf(alias),
          message: `*${alias.source} stands in what it names itself, which has no end`,
        });
    },
  });
  return found;
}

/** The library notices an alias of nothing, and a merge of what is no map, only when the values are asked for. */
function badReferences(document: Document.Parsed): readonly Problem[] {
  try {
    document.toJS();
    return [];
  } catch (error) {
    return [{ line: 1, message: error instanceof Error ? error.message : String(error) }];
  }
}

/** Where a text is wanted, `1.10`, `0644` and long numbers stand for what was written. */
function keepAsWritten(node: Scalar): void {
  if (typeof node.value === "number" && node.source !== undefined && String(node.value) !== node.source)
    node.value = node.source;
}

const variable = /\$\$|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)(?:(:?[-+?])((?:[^{}]|\{[^{}]*\})*))?\}/g;

function interpolate(
  text: string,
  known: ReadonlyMap<string, string>,
  tell: (name: string, by: Replaced["by"]) => void,
): string {
  return text.replace(variable, (found, plain?: string, braced?: string, how = "", word = "") => {
    const name = plain ?? braced;
    if (name === undefined) return found;
    const value = known.get(name);
    const isSet = value !== undefined && !(how.startsWith(":") && value === "");
    const written = (one: string): string => one.replaceAll("$", "$$$$");
    if (how.endsWith("+")) {
      tell(name, isSet ? "file" : "default");
      return isSet ? word : "";
    }
    if (isSet) {
      tell(name, "file");
      return written(value);
    }
    if (how.endsWith("-")) {
      tell(name, "default");
      return interpolate(word, known, tell);
    }
    tell(name, "nothing known");
    return found;
  });
}

/** The pairs of a map, those that are merged into it (`<<`) among them, its own first. */
export function pairsOf(document: Document.Parsed, node: unknown): readonly Pair[] {
  const map = isAlias(node) ? node.resolve(document) : node;
  if (!isMap(map)) return [];
  const own = map.items.filter(({ key }) => !(isScalar(key) && key.source === "<<"));
  const names = new Set(own.map(({ key }) => String(isScalar(key) ? key.value : key)));
  const merged = map.items
    .filter(({ key }) => isScalar(key) && key.source === "<<")
    .flatMap(({ value }) => {
      const target = isAlias(value) ? value.resolve(document) : value;
      const all: readonly unknown[] = isSeq(target) ? target.items : [target];
      return all.flatMap((one) => pairsOf(document, one));
    });
  return [...own, ...merged.filter(({ key }) => !names.has(String(isScalar(key) ? key.value : key)))];
}
