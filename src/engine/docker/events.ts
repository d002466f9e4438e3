import type Docker from "dockerode";
import type { EngineEvent } from "../engine.ts";
import { healthOf } from "./answers.ts";
import { engineError } from "./docker-error.ts";
import { lineSplitter } from "./lines.ts";

/** How long the engine may take to open the stream. */
const openMs = 20_000;

type Message = {
  readonly Action?: string;
  readonly Type?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: { readonly [key: string]: string } };
};

export async function readEvents(
  docker: Docker,
  onEvent: (event: EngineEvent) => void,
  onEnd: () => void,
): Promise<() => void> {
  const open = new AbortController();
  const deadline = setTimeout(() => open.abort(), openMs);
  const filters = JSON.stringify({ type: ["container"] });
  let stream: NodeJS.ReadableStream;
  try {
    stream = await docker.getEvents({ filters, abortSignal: open.signal });
  } catch (error) {
    throw engineError(error);
  } finally {
    clearTimeout(deadline);
  }
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    onEnd();
  };
  const lines = lineSplitter((line) => {
    const event = line.length > 0 ? eventOf(JSON.parse(line.toString()) as Message) : null;
    if (event && !ended) onEvent(event);
  });
  stream.on("data", (chunk: Buffer) => lines.take(chunk));
  for (const event of ["end", "close", "error", "aborted"]) stream.on(event, end);
  return () => {
    ended = true;
    (stream as unknown as { destroy(): void }).destroy();
  };
}

/** Reads Actor alone: the older `status`, `id` and `from` are gone from API 1.52. */
function eventOf(message: Message): EngineEvent | null {
  const action = message.Action ?? "";
  const labels = message.Actor?.Attributes ?? {};
  const about = { id: message.Actor?.ID ?? "", name: labels.name ?? "", labels };
  if (message.Type !== "container") return null;
  switch (action) {
    case "create":
    case "start":
    case "destroy":
    case "oom":
    case "pause":
    case "unpause":
      return { kind: action, ...about };
    case "die":
      return { kind: "die", ...about, exitCode: Number(labels.exitCode ?? 255) };
    case "rename":
      return { kind: "rename", ...about, oldName: (labels.oldName ?? "").replace(/^\//, "") };
    case "kill":
      return { kind: "kill", ...about, signal: labels.signal ?? "" };
    default:
      if (!action.startsWith("health_status")) return null;
      return { kind: "health", ...about, health: healthOf(action.split(": ")[1]) };
  }
}
