import { errorsAmong, type UnitProblem } from "../unit/unit-problem.ts";

type Invalid = { readonly file: string; readonly problems: readonly UnitProblem[] };

/** Which files of an invalid unit have errors, in words: `its unit file has errors`, or the env file of its app. */
export function wrongFiles({ file, problems }: Invalid, own = "its unit file"): string {
  const files = new Set(errorsAmong(problems).map((problem) => problem.file));
  if (files.size === 0 || (files.size === 1 && files.has(file))) return `${own} has errors`;
  return `${[...files].join(" and ")} ${files.size === 1 ? "has" : "have"} errors`;
}
