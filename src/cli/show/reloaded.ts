import type { FileChanges, Reloaded } from "../../control/request.ts";

/** What a reload found and did, problems apart. */
export function showReloaded({ started, problems, ...files }: Reloaded): string {
  const rows = started.map(({ unit, neededBy }) => `started: ${unit} (${neededBy} needs it)\n`);
  const all = showFileChanges(files) + rows.join("");
  return all === "" && problems.length === 0 ? "the unit files are as svc knows them\n" : all;
}

export function showFileChanges(files: FileChanges): string {
  const kinds = ["added", "changed", "removed"] as const;
  return kinds.map((kind) => (files[kind].length > 0 ? `${kind}: ${files[kind].join(", ")}\n` : "")).join("");
}
