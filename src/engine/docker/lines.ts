/** Cuts a stream of bytes into lines, without their ends; the returned function takes chunks, `rest` what has no end yet. */
export function lineSplitter(onLine: (line: Buffer) => void): { take(chunk: Buffer): void; rest(): Buffer } {
  let pending: Buffer[] = [];
  return {
    take(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        const piece = chunk.subarray(from, at);
        onLine(pending.length > 0 ? Buffer.concat([...pending, piece]) : piece);
        pending = [];
        from = at + 1;
      }
      if (from < chunk.length) pending.push(Buffer.from(chunk.subarray(from)));
    },
    rest: () => Buffer.concat(pending),
  };
}
