import { type Line, svc } from "./row.ts";

/** Thrown by a subject that is not on this machine; its reason stands in the table. */
export class Absent extends Error {}

export type Subject = {
  readonly name: string;
  /** Does the work once; returns what it took. */
  once(round: number): Promise<number>;
};

export function absent(name: string, why: Absent): Subject {
  return { name, once: () => Promise.reject(why) };
}

export type Measured = Pick<Line, "measured"> & { readonly skipped: { readonly [subject: string]: string } };

/** All subjects in turn, round by round, each round begun by another of them, so that whatever drifts meets all alike. */
export async function interleave(
  rounds: number,
  subjects: readonly Subject[],
  between: () => Promise<unknown> = async () => undefined,
): Promise<Measured> {
  const measured: { [subject: string]: number[] } = {};
  const skipped: { [subject: string]: string } = {};
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(turn + round) % subjects.length];
      if (!subject || subject.name in skipped) continue;
      try {
        const took = await subject.once(round);
        measured[subject.name] = [...(measured[subject.name] ?? []), took];
      } catch (error) {
        if (!(error instanceof Absent)) throw error;
        skipped[subject.name] = error.message;
      }
      await between();
    }
  }
  return { measured, skipped };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return (at(Math.floor((sorted.length - 1) / 2)) + at(Math.ceil((sorted.length - 1) / 2))) / 2;
}

/** Half of the rounds are within it: from the first quartile to the third. */
export function spread(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((one, other) => one - other);
  const last = sorted.length - 1;
  return [sorted[Math.floor(last * 0.25)] ?? Number.NaN, sorted[Math.ceil(last * 0.75)] ?? Number.NaN];
}

/** What svc takes of what the other takes: the median over the rounds of their ratio, so that a slow moment meets both. */
export function ratioTo(line: Pick<Line, "measured">, other: string): number | null {
  const mine = line.measured[svc];
  const theirs = line.measured[other];
  if (!mine || !theirs || theirs.length === 0) return null;
  if (mine.length !== theirs.length) return median(mine) / median(theirs);
  return median(mine.map((one, round) => one / (theirs[round] ?? Number.NaN)));
}
