import { expect, test } from "vitest";
import { demultiplex } from "../../src/engine/docker/demultiplex.ts";

test("frames are put together however they are cut, also in the middle of a header", () => {
  const frames = Buffer.concat([frame(1, "one\n"), frame(2, "two"), frame(1, ""), frame(2, "\n"), frame(1, "three")]);
  for (let size = 1; size <= frames.length; size++) {
    const written = { out: "", err: "" };
    const take = demultiplex((stream, chunk) => {
      written[stream] += chunk;
    });
    for (let at = 0; at < frames.length; at += size) take(frames.subarray(at, at + size));
    expect(written).toEqual({ out: "one\nthree", err: "two\n" });
  }
});

function frame(stream: number, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}
