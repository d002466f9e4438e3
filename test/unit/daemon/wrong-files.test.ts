import { expect, test } from "vitest";
import { wrongFiles } from "../../../src/daemon/wrong-files.ts";
import { type UnitProblem, wholeFile } from "../../../src/unit/unit-problem.ts";

const problem = (file: string, severity: UnitProblem["severity"] = "error"): UnitProblem => {
  return { unit: "web", severity, code: "bad-value", ...wholeFile(file), message: "" };
};

test.each([
  [[problem("web.yml"), problem("web.yml")], "its unit file has errors"],
  [[problem("/etc/default/web"), problem("web.yml", "warning")], "/etc/default/web has errors"],
  [[problem("/etc/default/web"), problem("web.yml")], "/etc/default/web and web.yml have errors"],
])("the files that have errors are named", (problems, words) => {
  expect(wrongFiles({ file: "web.yml", problems })).toBe(words);
});
