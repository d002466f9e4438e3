/** The engine reads so much at once, and keeps so much of a line that is longer as a piece of its own. */
const pieceBytes = 16 << 10;
/** `2026-11-29T02:58:30.256749903Z ` */
const timeBytes = 31;
const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z $/;

/**
 * Finds the pieces in the log of a terminal, which has no frames: each begins with its time and ends with its line, or is full.
 * Where no time stands behind a full one the line goes on, and is given the same time.
 */
export function terminalPieces(onPiece: (piece: Buffer) => void): { take(chunk: Buffer): void; end(): void } {
  const full = timeBytes + pieceBytes;
  let pending = Buffer.alloc(0);
  return {
    take(chunk) {
      pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : Buffer.from(chunk);
      let from = 0;
      for (let piece = next(from); piece !== null; piece = next(from)) {
        onPiece(pending.subarray(from, piece.end));
        from = piece.end;
        if (piece.goesOn) {
          const time = pending.subarray(piece.end - full, piece.end - pieceBytes);
          pending = Buffer.concat([time, pending.subarray(from)]);
          from = 0;
        }
      }
      pending = Buffer.from(pending.subarray(from));
    },
    end() {
      if (pending.length > timeBytes) onPiece(pending);
      pending = Buffer.alloc(0);
    },
  };

  function next(from: number): { readonly end: number; readonly goesOn: boolean } | null {
    const lineEnd = pending.indexOf(10, from) + 1;
    if (lineEnd > 0 && lineEnd - from <= full + 1) return { end: lineEnd, goesOn: false };
    const after = from + full;
    const behind = pending.toString("latin1", after, after + timeBytes);
    // No time has the end of a line in it.
    if (behind.length < timeBytes && !behind.includes("\n")) return null;
    return { end: after, goesOn: !isTime.test(behind) };
  }
}
