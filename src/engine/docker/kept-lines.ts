import { longestLineBytes } from "../engine.ts";

export type KeptLines = {
  /** The next piece, as the engine keeps it: its time, a blank, and a line with its end or up to 16 KiB of a longer one. */
  take(piece: Buffer): void;
  /** No more will come. */
  end(): void;
};

/** Makes lines of the pieces of one stream. A line's time is that of its first piece; what has no end is the rest. */
export function keptLines(
  onLine: (time: string, line: Buffer, isWhole: boolean) => void,
  onRest: (rest: Buffer) => void,
): KeptLines {
  let time = "";
  let pending: Buffer[] = [];
  let bytes = 0;
  return {
    take(piece) {
      const blank = piece.indexOf(32);
      const endsLine = piece.at(-1) === 10;
      const data = piece.subarray(blank + 1, piece.length - (endsLine ? 1 : 0));
      if (bytes + data.length > longestLineBytes) giveLine(false);
      if (pending.length === 0) time = piece.subarray(0, blank).toString();
      pending.push(data);
      bytes += data.length;
      if (endsLine) giveLine(true);
    },
    end() {
      if (bytes > 0) onRest(Buffer.concat(pending));
    },
  };

  function giveLine(isWhole: boolean): void {
    const [only] = pending;
    onLine(time, pending.length === 1 && only ? only : Buffer.concat(pending), isWhole);
    pending = [];
    bytes = 0;
  }
}
