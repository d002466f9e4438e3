import fc from "fast-check";
import { expect, test } from "vitest";
import { keptLines } from "../../../src/engine/docker/kept-lines.ts";
import { terminalPieces } from "../../../src/engine/docker/terminal-pieces.ts";

/** A log as engines keep it: lines in pieces of up to 16 KiB, each with a time. */
const pieceBytes = 16 << 10;
const timeOf = (index: number): string => `2026-11-29T02:58:30.${String(index).padStart(9, "0")}Z`;

function piecesOf(written: string): readonly string[] {
  const pieces: string[] = [];
  for (const line of written.split(/(?<=\n)/)) {
    let rest = line;
    for (; rest.length > pieceBytes; rest = rest.slice(pieceBytes)) pieces.push(rest.slice(0, pieceBytes));
    if (rest !== "") pieces.push(rest);
  }
  return pieces.map((piece, index) => `${timeOf(index)} ${piece}`);
}

type Read = { readonly lines: string[]; readonly times: string[]; rest: string };

function reader(): { readonly read: Read; readonly lines: ReturnType<typeof keptLines> } {
  const read: Read = { lines: [], times: [], rest: "" };
  let begun = "";
  const lines = keptLines(
    (time, line, isWhole) => {
      begun += line.toString("latin1");
      if (!isWhole) return;
      read.lines.push(begun);
      read.times.push(time);
      begun = "";
    },
    (rest) => {
      read.rest = begun + rest.toString("latin1");
    },
  );
  return { read, lines };
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.nat(3 * pieceBytes).map((length) => "x".repeat(length)),
  fc.constantFrom(pieceBytes - 1, pieceBytes, pieceBytes + 1, 2 * pieceBytes).map((length) => "y".repeat(length)),
  fc.constantFrom(`${timeOf(1)} no time of ours`, "", " ", "\r"),
);
const output = fc
  .array(text.map((line) => line.replaceAll("\n", "").replaceAll(/[^\0-\xff]/g, "?")))
  .chain((lines) => fc.boolean().map((endsLine) => lines.join("\n") + (endsLine ? "\n" : "")));

test("frames: every line is whole, whatever its length, and what has no end is the rest", () => {
  fc.assert(
    fc.property(output, (written) => {
      const { read, lines } = reader();
      for (const piece of piecesOf(written)) lines.take(Buffer.from(piece, "latin1"));
      lines.end();
      expect([...read.lines.map((line) => `${line}\n`), read.rest].join("")).toBe(written);
      expect(read.times).toEqual([...read.times].sort());
    }),
  );
});

test("a terminal: the same, however its bytes are cut into chunks", () => {
  fc.assert(
    fc.property(output, fc.array(fc.integer({ min: 1, max: 40_000 })), (written, cuts) => {
      const { read, lines } = reader();
      const pieces = terminalPieces(lines.take);
      let bytes = Buffer.from(piecesOf(written).join(""), "latin1");
      for (const cut of cuts) {
        pieces.take(bytes.subarray(0, cut));
        bytes = bytes.subarray(cut);
      }
      pieces.take(bytes);
      pieces.end();
      lines.end();
      expect([...read.lines.map((line) => `${line}\n`), read.rest].join("")).toBe(written);
    }),
  );
});

test("a terminal of an engine that keeps longer lines whole: they go on where no time stands", () => {
  const { read, lines } = reader();
  const pieces = terminalPieces(lines.take);
  const long = "z".repeat(3 * pieceBytes + 7);
  pieces.take(Buffer.from(`${timeOf(0)} ${long}\n${timeOf(1)} short\n`));
  pieces.end();
  lines.end();
  expect(read).toEqual({ lines: [long, "short"], times: [timeOf(0), timeOf(1)], rest: "" });
});

test("a line whose last bytes behind a full piece are few comes with its end, not with the next output", () => {
  const { read, lines } = reader();
  const pieces = terminalPieces(lines.take);
  const long = `${"z".repeat(pieceBytes)}rest`;
  pieces.take(Buffer.from(`${timeOf(0)} ${long}`));
  expect(read.lines).toEqual([]);
  pieces.take(Buffer.from("\n"));
  expect(read).toEqual({ lines: [long], times: [timeOf(0)], rest: "" });
});

test("a line without an end is held a part at a time", () => {
  const parts: [number, boolean][] = [];
  const lines = keptLines(
    (_, line, isWhole) => parts.push([line.length, isWhole]),
    (rest) => parts.push([rest.length, true]),
  );
  const piece = Buffer.from(`${timeOf(0)} ${"x".repeat(pieceBytes)}`);
  for (let count = 0; count < 130; count++) lines.take(piece);
  lines.end();
  expect(parts).toEqual([
    [1 << 20, false],
    [1 << 20, false],
    [2 * pieceBytes, true],
  ]);
});
