import type Docker from "dockerode";
import type { LogsOptions } from "../engine.ts";
import { ask } from "./deadline.ts";
import { demultiplex } from "./demultiplex.ts";
import { lineSplitter } from "./lines.ts";

/** Resolves once the stream is open; with `follow` false, when it has ended. */
export async function followLogs(container: Docker.Container, options: LogsOptions, openMs: number): Promise<void> {
  const { tty, since, follow, onLine, onEnd, abort } = options;
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
  const splitters = { out: splitter("out"), err: splitter("err") };
  const take = tty
    ? (chunk: Buffer) => splitters.out.take(chunk)
    : demultiplex((name, chunk) => splitters[name].take(chunk));
  stream.on("data", take);
  const ended = new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error", "aborted"]) stream.on(event, () => resolve());
  }).then(onEnd);
  if (!follow) await ended;

  function splitter(name: "out" | "err") {
    return lineSplitter((line) => {
      const space = line.indexOf(32);
      const time = line.subarray(0, space).toString();
      const text = line.subarray(space + 1);
      onLine(name, time, tty && text.at(-1) === 13 ? text.subarray(0, -1) : text);
    });
  }
}
