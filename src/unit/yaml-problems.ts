import { type Document, type ErrorCode, isAlias, isCollection, isScalar, type Node, visit, type YAMLError } from "yaml";

/** What is wrong with a text as YAML, by offset. No word of the text is in it, as each may be a secret. */
export type YamlMistake = {
  readonly severity: "error" | "warning";
  readonly offset: number;
  readonly length: number;
  /** A key stands there, and no value. */
  readonly isKey: boolean;
  readonly message: string;
  readonly hint: string;
};

/** The mistakes by their place; what only follows from one that the reader could not get over is left out. */
export function yamlMistakes(document: Document.Parsed, text: string): readonly YamlMistake[] {
  const broken = document.errors.map((error) => brokenAt(document, text, error));
  const told = withoutFollowing(
    broken.sort((one, other) => one.offset - other.offset),
    document,
    text,
  );
  const last = told.find(({ isUnclosed }) => isUnclosed)?.offset ?? Number.POSITIVE_INFINITY;
  const warnings = document.warnings.map((error) => brokenAt(document, text, error));
  const lost = document.errors.length === 0 ? lostAliases(document) : [];
  return [...told, ...warnings.filter(({ offset }) => offset < last), ...lost];
}

type Broken = YamlMistake & {
  readonly isSyntax: boolean;
  /** Of a quote or a bracket: what stands behind it is read as a part of it. */
  readonly isUnclosed: boolean;
};

const quoteIt = "put the value in quotes if it is meant as text";
// biome-ignore lint/suspicious/noTemplateCurlyInString: this is for the unit file.
const braces = 'put a value that has { } or [ ] in it in quotes, as in "${NAME}"';

/** The library's own words name what stands there. */
const words: { readonly [code in ErrorCode]: readonly [message: string, hint: string] } = {
  ALIAS_PROPS: ["*NAME has a & or ! word before it", "take the & or ! word out"],
  BAD_ALIAS: ["no name stands behind & or *", quoteIt],
  BAD_COLLECTION_TYPE: ["the ! word is of another kind than the value", "take the ! word out"],
  BAD_DIRECTIVE: ["a line that begins with % is for YAML itself, and this one means nothing", "take the line out"],
  BAD_DQ_ESCAPE: ["\\ and this character mean nothing in double quotes", "write \\\\, or use single quotes"],
  BAD_INDENT: ["it is not indented as what it belongs to", "give the lines of one map or list the same indentation"],
  BAD_PROP_ORDER: ["a & or ! word stands before the sign of its place", `take it out, or ${quoteIt}`],
  BAD_SCALAR_START: ["no value begins with this character", quoteIt],
  BLOCK_AS_IMPLICIT_KEY: ["a map begins within a value", 'put a value that has ": " in it in quotes'],
  BLOCK_IN_FLOW: ["lines of a map or a list stand within { } or [ ]", "write all of it with brackets, or none of it"],
  DUPLICATE_KEY: ["this key is there twice", "keep one of them"],
  IMPOSSIBLE: ["this cannot be read", quoteIt],
  KEY_OVER_1024_CHARS: ["a key is longer than 1024 characters", quoteIt],
  MISSING_CHAR: [
    "something is missing here: a colon, a comma, a blank, or what closes a quote or a bracket",
    "write KEY: VALUE, with a colon and a blank; put a value with other signs in quotes",
  ],
  MULTILINE_IMPLICIT_KEY: ["this is no KEY: VALUE", "write KEY: VALUE, with a colon and a blank"],
  MULTIPLE_ANCHORS: ["a value has two & words", "keep one of them"],
  MULTIPLE_DOCS: ["a second document begins", "a unit file is one document: take --- out, or make two files"],
  MULTIPLE_TAGS: ["a value has two ! words", quoteIt],
  NON_STRING_KEY: ["a key is a text", "put the key in quotes"],
  RESOURCE_EXHAUSTION: ["it is nested too deep", "use fewer levels"],
  TAB_AS_INDENT: ["a tab is no indentation", "indent with blanks"],
  TAG_RESOLVE_FAILED: ["this ! word means nothing here", `take it out, or ${quoteIt}`],
  UNEXPECTED_TOKEN: ["this has no place here", quoteIt],
};

/** Those after which the rest of the line is read as it was meant. */
const notOfSyntax: readonly ErrorCode[] = ["DUPLICATE_KEY", "TAG_RESOLVE_FAILED", "BAD_COLLECTION_TYPE"];

function brokenAt(document: Document.Parsed, text: string, error: YAMLError): Broken {
  const { code } = error;
  const [start, end] = error.pos;
  const severity = error.name === "YAMLWarning" ? "warning" : "error";
  const key = code === "DUPLICATE_KEY" ? /^["']?[\w.-]+["']?(?=\s*:)/.exec(text.slice(start))?.[0] : undefined;
  const isKey = key !== undefined;
  const isSyntax = !notOfSyntax.includes(code);
  const open = code === "MISSING_CHAR" || code === "BAD_INDENT" ? unclosedAt(document, text, start) : null;
  if (open !== null) {
    const message = `this ${/["']/.test(text.charAt(open)) ? "quote" : "bracket"} is not closed`;
    const hint = "close it, or put the whole value in quotes";
    return { severity, offset: open, length: 1, isKey, isSyntax, isUnclosed: true, message, hint };
  }
  const length = key?.length ?? end - start;
  const [message, usual] = words[code];
  const hint = code === "UNEXPECTED_TOKEN" && /[[{]/.test(text.charAt(start)) ? braces : usual;
  return { severity, offset: start, length: Math.max(1, length), isKey, isSyntax, isUnclosed: false, message, hint };
}

/** Where the quote or bracket opens that is not closed by then; null: there is none. */
function unclosedAt(document: Document.Parsed, text: string, offset: number): number | null {
  let found: number | null = null;
  visit(document, {
    Node(_, node: Node) {
      const { range } = node;
      if (!range || range[1] > offset || range[2] < offset) return;
      const opening = text.charAt(range[0]);
      const isOpen =
        (isScalar(node) && /["']/.test(opening)) || (isCollection(node) && node.flow === true && /[[{]/.test(opening));
      const closing = { "[": "]", "{": "}" }[opening] ?? opening;
      const written = text.slice(range[0], range[1]).trimEnd();
      if (isOpen && (written.length === 1 || !written.endsWith(closing))) found = range[0];
    },
  });
  return found;
}

/** One for each line that cannot be read, none behind what is not closed, and one alone for all that stands behind what could be read. */
function withoutFollowing(all: readonly Broken[], { range }: Document.Parsed, text: string): readonly Broken[] {
  const told: Broken[] = [];
  for (const one of all) {
    const before = told.at(-1);
    const isSameLine = before?.isSyntax && !text.slice(before.offset, one.offset).includes("\n");
    if (before && (isSameLine || before.isUnclosed || one.offset >= range[2])) continue;
    told.push(one);
  }
  return told;
}

/** The library notices an alias of nothing only when the values are asked for. */
function lostAliases(document: Document.Parsed): readonly YamlMistake[] {
  const found: YamlMistake[] = [];
  visit(document, {
    Alias(_, node) {
      if (!isAlias(node) || node.resolve(document)) return;
      const [offset, end] = node.range ?? [0, 1];
      const message = "this * word stands for nothing";
      const hint = "write &NAME before the value that *NAME stands for; put the value in quotes if it is meant as text";
      found.push({ severity: "error", offset, length: end - offset, isKey: false, message, hint });
    },
  });
  return found;
}
