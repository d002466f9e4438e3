/**
 * A row of the bench is a file in rows/, named in rows/all.ts: it does a piece of work with svc and with its peers in turn, on one
 * engine, and tells what it measured as lines of the table.
 */
export type Row = {
  /** `npm run bench -- NAME` runs it alone. */
  readonly name: string;
  /** It waits more than it works: it runs beside the others. */
  readonly waits?: true;
  run(rounds: Rounds): Promise<readonly Line[]>;
};

/** How often a thing is done: so many times, or, in a short run, a few. */
export type Rounds = (usual: number) => number;

/** A line of the table: one piece of work, and how each did it. */
export type Line = {
  readonly work: string;
  readonly unit: Measure;
  /** By subject: `svc`, `floor`, the names of peers. A number for each round, all in the order of the rounds. */
  readonly measured: { readonly [subject: string]: readonly number[] };
  /** Subjects that are not there, and why. */
  readonly skipped?: { readonly [subject: string]: string };
  readonly goals: readonly Goal[];
};

export type Measure = "ms" | "MB" | "KB" | "%" | "µs" | "lines";

/** svc takes at most so much: times what another takes, or, where `of` is null, of the unit. */
export type Goal = { readonly of: string | null; readonly atMost: number };

/** The raw API calls that the work cannot do without. */
export const floor = "floor";
export const svc = "svc";
