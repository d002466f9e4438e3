import { closest, distance } from "fastest-levenshtein";
import { isMap, isScalar, LineCounter, type Pair, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { type UnitKeys, unitSchema } from "./schema.ts";
import type { UnitProblem } from "./unit-problem.ts";

export type Place = (
  path: readonly PropertyKey[],
  what: "key" | "value",
) => Pick<UnitProblem, "line" | "column" | "length" | "source">;
export type UnitFileRead = {
  readonly keys: UnitKeys | null;
  readonly place: Place;
  readonly problems: readonly UnitProblem[];
};

/** One unit file: its keys, checked against the schema, or every problem in it with its place. */
export function readUnitFile(unit: string, file: string, content: string | Error): UnitFileRead {
  const nowhere: Place = () => ({ line: 1, column: 1, length: 0, source: "" });
  const problem = (code: string, at: ReturnType<Place>, message: string, hint?: string): UnitProblem => ({
    unit,
    severity: "error",
    code,
    file,
    ...at,
    message,
    ...(hint ? { hint } : {}),
  });
  if (content instanceof Error) {
    return { keys: null, place: nowhere, problems: [problem("unreadable", nowhere([], "key"), content.message)] };
  }
  const counter = new LineCounter();
  const document = parseDocument(content, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const lines = content.split("\n");
  const at = (offset: number, length: number): ReturnType<Place> => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col, length, source: lines[line - 1] ?? "" };
  };
  const place: Place = (path, what) => {
    const node = what === "key" ? keyNode(path) : document.getIn(path, true);
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    if (range) return at(range[0] ?? 0, Math.max(1, (range[1] ?? 0) - (range[0] ?? 0)));
    return path.length > 0 ? place(path.slice(0, -1), what) : at(0, 1);
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) =>
      problem("yaml", at(error.pos[0], Math.max(1, error.pos[1] - error.pos[0])), error.message),
    );
    return { keys: null, place, problems };
  }
  if (document.contents !== null && !isMap(document.contents)) {
    return {
      keys: null,
      place,
      problems: [
        problem("yaml", at(0, 1), "a unit file is a map of keys", "write KEY: VALUE lines; svc help unit shows them"),
      ],
    };
  }
  replaceSpecifiers(unit);
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    return {
      keys: null,
      place,
      problems: [problem("yaml", at(0, 1), error instanceof Error ? error.message : String(error))],
    };
  }
  const known = Object.fromEntries(Object.entries(value as object).filter(([name]) => !name.startsWith("x-")));
  const parsed = unitSchema.safeParse(known);
  if (parsed.success) return { keys: parsed.data, place, problems: [] };
  return { keys: null, place, problems: parsed.error.issues.flatMap(problemsOfIssue) };

  function problemsOfIssue(issue: z.core.$ZodIssue): UnitProblem[] {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((name) => {
        const path = [...issue.path, name];
        const options = issue.path.length === 0 ? Object.keys(unitSchema.shape) : [];
        const near = options.length > 0 ? closest(name, options) : "";
        const hint =
          near && distance(near, name) <= Math.max(2, name.length / 3)
            ? `did you mean "${near}"?`
            : "svc help unit shows all keys";
        return problem("unknown-key", place(path, "key"), `unknown key "${path.join(".")}"`, hint);
      });
    }
    const name = String(issue.path[0] ?? "");
    const message = issue.code === "invalid_union" ? "this is not what the key takes" : issue.message;
    return [
      problem("bad-value", place(issue.path, "value"), `${issue.path.join(".")}: ${message}`, `svc help unit ${name}`),
    ];
  }

  function keyNode(path: readonly PropertyKey[]): unknown {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find((item: Pair) => isScalar(item.key) && item.key.value === path.at(-1));
    return pair?.key;
  }

  /** `%i` the instance, `%p` what stands before the @, `%n` the whole name, `%%` a percent sign; in templates' instances. */
  function replaceSpecifiers(name: string): void {
    const [prefix = "", instance] = name.split("@");
    if (instance === undefined || instance === "") return;
    const meanings: { readonly [specifier: string]: string } = { "%i": instance, "%p": prefix, "%n": name, "%%": "%" };
    visit(document, {
      Scalar(_, node) {
        if (typeof node.value === "string")
          node.value = node.value.replace(/%[ipn%]/g, (found) => meanings[found] ?? found);
      },
    });
  }
}
