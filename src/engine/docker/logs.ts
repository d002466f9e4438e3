import type Docker from "dockerode";
import type { LogsOptions } from "../engine.ts";
import { ask } from "./deadline.ts";
import { demultiplex } from "./demultiplex.ts";
import { type KeptLines, keptLines } from "./kept-lines.ts";
import { terminalPieces } from "./terminal-pieces.ts";

/** Resolves once the stream is open; with `follow` false, when it has ended. */
export async function followLogs(container: Docker.Container, options: LogsOptions, openMs: number): Promise<void> {
  const { tty, since, follow, onEnd, abort } = options;
  const what = {
    // Always as a stream: the form without follow would be one buffer.
    follow: true as const,
    stdout: true,
    stderr: true,
    timestamps: true,
    ...(since === null ? {} : { since: Math.floor(since) / 1000 }),
    ...(follow ? {} : { until: Math.floor(Date.now()) / 1000 }),
  };
  const stream = await ask(openMs, (abortSignal) => container.logs({ ...what, abortSignal }), abort);
  const { take, end } = tty ? ofTerminal(options) : ofStreams(options);
  stream.on("data", take);
  const ended = new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error", "aborted"]) stream.on(event, () => resolve());
  }).then(() => {
    end();
    onEnd();
  });
  if (!follow) await ended;
}

/** Chunks are taken as they come from the engine. */
type Reader = KeptLines;

/** Each frame is a piece. */
function ofStreams({ onLine, onRest }: LogsOptions): Reader {
  const readerOf = (name: "out" | "err") => ({
    frame: [] as Buffer[],
    lines: keptLines(
      (time, line, isWhole) => onLine(name, time, line, isWhole),
      (rest) => onRest(name, rest),
    ),
  });
  const streams = { out: readerOf("out"), err: readerOf("err") };
  return {
    take: demultiplex((name, chunk, endsFrame) => {
      const { frame, lines } = streams[name];
      frame.push(endsFrame && frame.length === 0 ? chunk : Buffer.from(chunk));
      if (endsFrame) lines.take(Buffer.concat(frame.splice(0)));
    }),
    end() {
      streams.out.lines.end();
      streams.err.lines.end();
    },
  };
}

function ofTerminal({ onLine, onRest }: LogsOptions): Reader {
  const lines = keptLines(
    (time, line, isWhole) => onLine("out", time, isWhole && line.at(-1) === 13 ? line.subarray(0, -1) : line, isWhole),
    (rest) => onRest("out", rest),
  );
  const pieces = terminalPieces(lines.take);
  return {
    take: pieces.take,
    end() {
      pieces.end();
      lines.end();
    },
  };
}
