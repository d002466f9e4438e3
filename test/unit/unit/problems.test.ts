import { expect, test } from "vitest";
import { keyGroups } from "../../../src/unit/keys/schema.ts";
import { problemCases, showCase, writeProblemCases } from "./support/problem-cases.ts";
import { readFiles } from "./support/read-one.ts";

const cases = problemCases();
const keys = keyGroups.flatMap(([, names]) => names);

// UPDATE_GOLDEN=1 writes what is shown now; the difference is to be read line by line.
if (process.env.UPDATE_GOLDEN) {
  const now = await Promise.all(cases.map(async (one) => ({ ...one, shown: await showCase(one.source) })));
  writeProblemCases(now);
}

test.each(cases)("$name", async ({ source, shown }) => {
  expect(`${(await showCase(source)).trimEnd()}\n`).toBe(shown);
});

test("no value of an env file is shown, and no caret stands beside its line", () => {
  const shown = cases.map((one) => one.shown).join("");
  expect(cases.filter(({ source }) => source.includes("hush")).length).toBeGreaterThan(5);
  expect(shown).not.toContain("hush");
  for (const [, line = "", caret = ""] of shown.matchAll(/^ +\d+ \| (.*)\n +\| ( *\^+)$/gm)) {
    expect(caret.length, line).toBeLessThanOrEqual(Math.max(line.length, 1) + 1);
  }
});

const wrong = ["[[1]]", "{zz: {y: 1}}", ""];

test.each(keys)("%s: a value of another kind is told at the value, with what the key takes", async (key) => {
  for (const value of wrong) {
    if (value === "" && ["command", "entrypoint"].includes(key)) continue;
    if (value.startsWith("{") && /labels|environment|annotations|sysctls|storage_opt/.test(key)) continue;
    const { problems, units } = await readFiles({ "units/web.yml": `x-first: true\n${key}: ${value}\n` });
    expect(problems.length, `${key}: ${value}`).toBeGreaterThan(0);
    expect(units, `${key}: ${value}`).toEqual([]);
    for (const problem of problems) {
      expect(problem).toMatchObject({ line: 2, severity: "error" });
      expect(problem.source.slice(problem.column - 1, problem.column - 1 + problem.length)).not.toBe("");
      expect(problem.message).toContain(key);
      expect(problem.message).not.toMatch(/[Ii]nvalid|expected|received/);
      expect(problem.hint).toMatch(/svc help unit|did you mean/);
    }
  }
});
