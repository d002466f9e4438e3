import type Docker from "dockerode";
import { EngineError, type PullOptions } from "../engine.ts";
import { ask } from "./deadline.ts";
import { lineSplitter } from "./lines.ts";
import { type PullMessage, pulledLayers } from "./pulled-layers.ts";
import { registryAuth } from "./registry-auth.ts";

export async function pullImage(
  docker: Docker,
  reference: string,
  options: PullOptions & { readonly silenceMs: number },
): Promise<void> {
  const { silenceMs } = options;
  const silence = new AbortController();
  const signal = options.abort ? AbortSignal.any([options.abort, silence.signal]) : silence.signal;
  const authconfig = await registryAuth(reference, process.env);
  // The engine says nothing before the registry has answered it: opening is given as long as any silence.
  const stream = await ask(
    silenceMs,
    (abortSignal) =>
      docker.pull(reference, {
        abortSignal,
        ...(authconfig ? { authconfig } : {}),
        ...(options.platform ? { platform: options.platform } : {}),
      }),
    signal,
  );
  await readProgress(stream, silence, options);
}

function readProgress(
  stream: NodeJS.ReadableStream,
  silence: AbortController,
  { onProgress, silenceMs }: Pick<PullOptions, "onProgress"> & { readonly silenceMs: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const layers = pulledLayers();
    let timer = setTimeout(() => silence.abort(), silenceMs);
    const lines = lineSplitter((line) => {
      if (line.length === 0) return;
      const message = JSON.parse(line.toString()) as PullMessage;
      // An error can come inside an answer that began with 200.
      if (message.error !== undefined) return fail(new EngineError("refused", message.error, 200));
      onProgress(layers.after(message));
    });
    stream.on("data", (chunk: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      lines.take(chunk);
    });
    stream.on("end", () => {
      clearTimeout(timer);
      resolve();
    });
    const lost = (): void => fail(new EngineError("away", "the connection to the engine was lost during the pull"));
    for (const event of ["error", "aborted", "close"]) stream.on(event, lost);

    function fail(error: EngineError): void {
      clearTimeout(timer);
      reject(error);
    }
  });
}
