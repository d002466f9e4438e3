import { basename } from "node:path";
import { acceptedText } from "./accepted.ts";
import { importCompose } from "./compose/compose-file.ts";
import { importInspect } from "./container/inspect-file.ts";
import { type Draft, newDraft, tell } from "./draft.ts";
import { takeEdges } from "./edges.ts";
import { sayIt } from "./find-sources.ts";
import type { Host } from "./host.ts";
import type { Note } from "./note.ts";
import type { Source } from "./source.ts";
import { importSupervisord } from "./supervisord/supervisord-file.ts";
import { importSystemd } from "./systemd/systemd-unit.ts";
import { importUpstart } from "./upstart/upstart-job.ts";
import { guardUsualFiles } from "./usual-files.ts";

export type ImportedUnit = {
  readonly name: string;
  readonly file: string;
  readonly text: string;
};

export type Imported = {
  readonly units: readonly ImportedUnit[];
  /** What became of each thing, in the order of the files. */
  readonly notes: readonly Note[];
};

/**
 * Unit files from what people have. The laws of an import: what means the same is taken; of everything else a comment in the
 * unit file and a line of the report say what became of it; and svc's own reader accepts each file that comes out.
 */
export async function importSources(sources: readonly Source[], host: Host): Promise<Imported> {
  const drafts = sources.flatMap((source) => draftsOf(source, host));
  const made = drafts.filter(runsContainer);
  const unmade = drafts.filter((draft) => !made.includes(draft));
  takeEdges(made, host.units, new Set(unmade.map(({ name }) => name)));
  const units: ImportedUnit[] = [];
  for (const draft of made) {
    guardUsualFiles(draft, host);
    units.push({ name: draft.name, file: draft.file, text: await acceptedText(draft, host) });
  }
  return { units, notes: drafts.flatMap(({ notes }) => [...notes].sort(byLine)) };
}

function draftsOf(source: Source, host: Host): readonly Draft[] {
  switch (source.kind) {
    case "systemd":
      return [checked(importSystemd(source, host))];
    case "upstart":
      return [checked(importUpstart(source, host))];
    case "supervisord": {
      const { programs, others } = importSupervisord(source, host);
      return [...programs.map(checked), ...others];
    }
    case "compose":
      return importCompose(source, host);
    case "inspect":
      return importInspect(source);
    case "unknown":
      return [unknownFile(source.file)];
    default:
      return source satisfies never;
  }
}

function unknownFile(file: string): Draft {
  const draft = newDraft(basename(file), file);
  tell(draft, "not understood", { file, line: null }, ["the file", `nobody can tell what it is; ${sayIt}`]);
  return draft;
}

/** Of a service that runs no container there is nothing to make. */
function checked(draft: Draft): Draft {
  if (runsContainer(draft)) return draft;
  const [program] = draft.programs;
  const runs = program ? `; it runs ${program.path}, which is not looked into` : "";
  const note: Note = {
    ...(program?.origin ?? { file: draft.file, line: null }),
    what: draft.name,
    verdict: "not understood",
    because: `no docker run is found in it, so there is no unit${runs}`,
    key: null,
  };
  const told = draft.notes.filter(({ verdict, code }) => verdict === "not understood" && code !== "hook");
  return { ...draft, notes: [...told, note] };
}

function runsContainer({ keys }: Draft): boolean {
  return ["image", "app", "env_file", "command"].some((key) => keys[key] !== undefined);
}

function byLine(one: Note, other: Note): number {
  return one.file === other.file ? (one.line ?? 0) - (other.line ?? 0) : 0;
}
