import type Docker from "dockerode";
import type { EngineEvent } from "../engine.ts";
import { healthOf } from "./answers.ts";
import { ask } from "./deadline.ts";
import { lineSplitter } from "./lines.ts";

type Message = {
  readonly Action?: string;
  readonly Type?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: { readonly [key: string]: string } };
};

export async function readEvents(
  docker: Docker,
  { onEvent, onEnd }: { readonly onEvent: (event: EngineEvent) => void; readonly onEnd: () => void },
  openMs: number,
): Promise<() => void> {
  const filters = JSON.stringify({ type: ["container"] });
  // The engine sends its headers a moment before it subscribes us: what happens in between is in its buffer.
  const since = Math.floor(Date.now()) / 1000;
  const stream = await ask(openMs, (abortSignal) => docker.getEvents({ filters, since, abortSignal }));
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
