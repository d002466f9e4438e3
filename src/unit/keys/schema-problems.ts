import type * as z from "zod";
import { similar } from "../similar.ts";
import type { Path } from "../yaml-text.ts";
import type { SchemaType } from "./schema-type.ts";

/** What files of one kind may say, and how people are told of it. */
export type Grammar<K> = {
  readonly schema: z.ZodType<K>;
  /** `a unit file` */
  readonly file: string;
  /** The command that shows what a key takes; null: all keys. */
  readonly help: (key: string | null) => string;
  /** Keys that people bring along from elsewhere, with why they are none here. */
  readonly unsuited: { readonly [key: string]: { readonly because: string; readonly hint: string } };
};

type AnyGrammar = Grammar<unknown>;

export type SchemaProblem = {
  readonly code: "unknown-key" | "unsuited-key" | "bad-value";
  readonly path: Path;
  readonly what: "key" | "value";
  readonly message: string;
  readonly hint: string;
  /** Of an unknown key: the known one that was probably meant. */
  readonly meant?: string;
};

type Issue = z.core.$ZodIssue;

/** What the schema refuses, in plain words. Of a value that may be of several kinds, the kind that it comes nearest to is told. */
export function schemaProblems(
  issues: readonly Issue[],
  value: unknown,
  grammar: AnyGrammar,
): readonly SchemaProblem[] {
  return withoutMisspelt(issues.flatMap((issue) => problemsOf(issue, [], value, grammar)));
}

/** A field that is there under a wrong name is not told of as missing too. */
function withoutMisspelt(problems: readonly SchemaProblem[]): readonly SchemaProblem[] {
  const meant = new Set(
    problems.flatMap(({ path, meant }) => (meant ? [JSON.stringify([...path.slice(0, -1), meant])] : [])),
  );
  return problems.filter(({ path, code }) => code === "unknown-key" || !meant.has(JSON.stringify(path)));
}

function problemsOf(issue: Issue, above: Path, root: unknown, grammar: AnyGrammar): readonly SchemaProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((name) => unknownKey([...path, name], fieldsAt(path, grammar), grammar));
  }
  if (issue.code === "invalid_union") {
    const near = issue.errors.find((branch) => !branch.some(isOtherKind));
    if (near) return near.flatMap((inner) => problemsOf(inner, path, root, grammar));
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    return issue.issues.flatMap((inner) => problemsOf(inner, path, root, grammar));
  }
  return [badValue(path, issue.message, valueAt(root, path), grammar)];
}

/** A value of another kind: a list where a map is wanted, or none of several words. */
function isOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return issue.errors.every((branch) => branch.some(isOtherKind));
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function badValue(path: Path, words: string, value: unknown, { help }: AnyGrammar): SchemaProblem {
  const name = nameOf(path);
  const hint = help(String(path[0]));
  if (value === undefined) {
    return { code: "bad-value", path, what: "value", message: `${name} is missing: write ${words}`, hint };
  }
  if (value === null)
    return { code: "bad-value", path, what: "key", message: `${name} has no value: write ${words}`, hint };
  return { code: "bad-value", path, what: "value", message: `${name}: ${shown(path, value)} is not ${words}`, hint };
}

function unknownKey(path: Path, known: readonly string[], { file, help, unsuited: all }: AnyGrammar): SchemaProblem {
  const name = String(path.at(-1));
  const unsuited = path.length === 1 && Object.hasOwn(all, name) ? all[name] : undefined;
  if (unsuited) {
    const message = `${name} has no place in ${file}: ${unsuited.because}`;
    return { code: "unsuited-key", path, what: "key", message, hint: unsuited.hint };
  }
  const near = similar(name, known);
  const shows = path.length === 1 ? `${help(null)} shows all keys` : `${help(String(path[0]))} shows all of them`;
  const hint = near ? `did you mean "${near}"?` : shows;
  return {
    code: "unknown-key",
    path,
    what: "key",
    // What has a blank or an = in it was no key to whoever wrote it, but a value that may be a secret.
    message: /[\s=]/.test(name) ? "unknown key" : `unknown key "${nameOf(path)}"`,
    hint,
    ...(near ? { meant: near } : {}),
  };
}

/** `ports.target`; numbers of list elements are left out, as the caret shows which. */
function nameOf(path: Path): string {
  return path.filter((step) => typeof step !== "number").join(".");
}

/** Where variables stand, and where a text has an `=` in it, it may be a secret. */
function shown(path: Path, value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const mayBeSecret = path.some((step) => /^(environment|labels|annotations)$/.test(String(step)));
  if (mayBeSecret || (typeof value === "string" && value.includes("="))) return `a ${kindOf(value)}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function kindOf(value: unknown): string {
  return typeof value === "string" ? "text" : typeof value;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) value = (value as { readonly [key: PropertyKey]: unknown } | null | undefined)?.[step];
  return value;
}

/** The names of the fields that a map at this place may have. */
function fieldsAt(path: Path, { schema }: AnyGrammar): readonly string[] {
  let reached: readonly SchemaType[] = flatten(schema as unknown as SchemaType);
  for (const step of path) {
    reached = reached.flatMap((type) => {
      const { shape, element, valueType } = type._zod.def;
      const next = shape ? shape[String(step)] : typeof step === "number" ? element : valueType;
      return next ? flatten(next) : [];
    });
  }
  return reached.flatMap((type) => Object.keys(type._zod.def.shape ?? {}));
}

/** A kind without what wraps it, or each of the kinds that it may be. */
function flatten(type: SchemaType): readonly SchemaType[] {
  const { options, innerType, in: input } = type._zod.def;
  if (options) return options.flatMap(flatten);
  if (innerType) return flatten(innerType);
  return input ? flatten(input) : [type];
}
