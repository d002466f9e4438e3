/**
 * Splits the engine's frames (8 bytes of header: stream, 0, 0, 0, length as big-endian u32) however they are cut into chunks.
 * What is given out is at most a frame; `endsFrame`: its frame ends with it.
 */
export function demultiplex(
  onOutput: (stream: "out" | "err", chunk: Buffer, endsFrame: boolean) => void,
): (chunk: Buffer) => void {
  const header = Buffer.alloc(8);
  let headerHas = 0;
  let left = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const take = Math.min(8 - headerHas, chunk.length - at);
        chunk.copy(header, headerHas, at, at + take);
        headerHas += take;
        at += take;
        if (headerHas < 8) return;
        headerHas = 0;
        left = header.readUInt32BE(4);
        continue;
      }
      const take = Math.min(left, chunk.length - at);
      left -= take;
      onOutput(header[0] === 2 ? "err" : "out", chunk.subarray(at, at + take), left === 0);
      at += take;
    }
  };
}
