import { setTimeout as sleep } from "node:timers/promises";
import { request } from "../../control/client.ts";
import type { LogLine, UsageLook } from "../../control/request.ts";
import { messageOf } from "../../svc-error.ts";
import type { Cli } from "../context.ts";
import { draw } from "./draw.ts";
import { effects } from "./effects.ts";
import { begin, type Effect, type Happening, type TopState } from "./state.ts";
import { step } from "./step.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

const tryAgainMs = 1_000;
/** What happens within so long is painted together. */
const paintWithinMs = 30;
/** Of lines that come faster than they are painted, the last. */
const mostLinesAPainting = 1_000;
/** A look that is so late will not come soon: a daemon that hangs is told of, as one that is gone. */
const lateMs = 3_000;

/** The screen until it is left: happenings go into `step`, its effects are carried out, and what it makes is painted. */
export async function liveTop(
  cli: Cli,
  asked: { readonly units: readonly string[]; readonly everyMs: number },
): Promise<number> {
  const over = Promise.withResolvers<number>();
  const quit = new AbortController();
  const screen = openScreen(cli, { signal: quit.signal, end: over.resolve, fail: over.reject });
  const watching = watch();
  try {
    return await over.promise;
  } finally {
    quit.abort();
    screen.close();
    await watching;
  }

  /** A failure before there is anything to show is one of the command. */
  async function watch(): Promise<void> {
    while (!quit.signal.aborted) {
      let silence: NodeJS.Timeout | undefined;
      const take = (look: UsageLook): void => {
        clearTimeout(silence);
        silence = setTimeout(() => screen.away("svc does not answer"), asked.everyMs + lateMs);
        screen.show(look);
      };
      try {
        await request(cli.socket, "usage", { ...asked, follow: true }, take, quit.signal);
      } catch (error) {
        if (!screen.isOpen()) over.reject(error);
        screen.away(messageOf(error));
      } finally {
        clearTimeout(silence);
      }
      await sleep(tryAgainMs, undefined, { signal: quit.signal }).catch(() => undefined);
    }
  }
}

/** The terminal is taken with the first look. A mistake of ours must not leave it taken: it ends all this, and is told afterwards. */
function openScreen(
  cli: Cli,
  over: { readonly signal: AbortSignal; end(code: number): void; fail(error: unknown): void },
) {
  let live: { state: TopState; readonly terminal: Terminal } | null = null;
  let painting: NodeJS.Timeout | undefined;
  let logged: LogLine[] = [];
  const carryOut = effects({
    socket: cli.socket,
    signal: over.signal,
    tell,
    onLine(line) {
      logged.push(line);
      if (logged.length > 2 * mostLinesAPainting) logged = logged.slice(-mostLinesAPainting);
      paintSoon();
    },
    redraw: () => live?.terminal.forget(),
    suspend: () => live?.terminal.suspend(),
    quit: () => over.end(0),
  });
  return {
    show,
    away: (words: string) => tell({ what: "away", words }),
    isOpen: () => live !== null,
    close() {
      clearTimeout(painting);
      live?.terminal.close();
    },
  };

  function show(look: UsageLook): void {
    if (live) {
      tell({ what: "look", look });
      return;
    }
    const terminal = openTerminal({
      colour: cli.colour,
      onKey: (key) => tell({ what: "key", key }),
      onResize: () => tell({ what: "size", size: terminal.size() }),
      onEnd: over.end,
    });
    live = { state: begin(look, terminal.size()), terminal };
    paintSoon();
  }

  function tell(happening: Happening): void {
    if (!live || over.signal.aborted) return;
    try {
      const { state, effects: asked } = step(live.state, happening);
      live.state = state;
      for (const effect of asked) begun(effect);
      paintSoon();
    } catch (error) {
      over.fail(error);
    }
  }

  function begun(effect: Effect): void {
    // What waits to be painted is of the log before.
    if (effect.effect === "follow") logged = [];
    carryOut(effect);
  }

  function paintSoon(): void {
    painting ??= setTimeout(() => {
      painting = undefined;
      if (logged.length > 0) tell({ what: "logged", lines: logged.splice(0) });
      try {
        live?.terminal.paint(draw(live.state));
      } catch (error) {
        over.fail(error);
      }
    }, paintWithinMs);
  }
}
