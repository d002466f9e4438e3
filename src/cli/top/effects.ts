import { request } from "../../control/client.ts";
import type { LogLine } from "../../control/request.ts";
import { messageOf, SvcError } from "../../svc-error.ts";
import { askLogs } from "../following/ask-logs.ts";
import type { Effect, Happening } from "./state.ts";

/** Of what a log holds already. */
const logLines = 1_000;

type Surroundings = {
  readonly socket: string;
  /** All is over. */
  readonly signal: AbortSignal;
  readonly tell: (happening: Happening) => void;
  readonly onLine: (line: LogLine) => void;
  readonly redraw: () => void;
  readonly suspend: () => void;
  readonly quit: () => void;
};

/** Carries out what `step` asks for; what comes of it is told as a happening. */
export function effects({
  socket,
  signal,
  tell,
  onLine,
  redraw,
  suspend,
  quit,
}: Surroundings): (effect: Effect) => void {
  let following = new AbortController();
  return (effect) => {
    switch (effect.effect) {
      case "quit":
        quit();
        break;
      case "redraw":
        redraw();
        break;
      case "suspend":
        suspend();
        break;
      case "follow":
        void follow(effect.unit);
        break;
      case "unfollow":
        following.abort();
        break;
      case "change":
        void change(effect);
        break;
      default:
        effect satisfies never;
    }
  };

  async function change({ change: what, unit, withDependents }: Effect & { effect: "change" }): Promise<void> {
    try {
      const ask = { names: [unit], ...(what === "stop" ? { withDependents } : {}) };
      const outcome = await request(socket, what, ask, undefined, signal);
      tell({ what: "done", change: what, unit, outcome });
    } catch (error) {
      const { units: dependents } = error as { readonly units?: readonly string[] };
      const isNeeded = error instanceof SvcError && error.code === "unit-needed";
      tell(isNeeded && dependents ? { what: "needed", unit, dependents } : refused(unit, error));
    }
  }

  /** One log at a time. */
  async function follow(unit: string): Promise<void> {
    following.abort();
    const mine = new AbortController();
    following = mine;
    const take = (line: LogLine): void => {
      if (!mine.signal.aborted) onLine(line);
    };
    const ask = { units: [unit], follow: true, lines: logLines };
    try {
      await askLogs(socket, ask, take, AbortSignal.any([mine.signal, signal]));
    } catch (error) {
      if (!mine.signal.aborted) tell(refused(unit, error));
    }
  }
}

function refused(unit: string, error: unknown): Happening {
  const hint = error instanceof SvcError && error.hint ? ` (${error.hint})` : "";
  return { what: "refused", unit, words: `${messageOf(error)}${hint}` };
}
