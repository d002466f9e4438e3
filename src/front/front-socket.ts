import { createServer, type Server, type Socket } from "node:net";
import { messageOf } from "../svc-error.ts";
import type { Address } from "./address.ts";
import type { FrontSpec, Fronts } from "./fronts.ts";
import type { FrontStatus } from "./status.ts";

/** What the daemon asks of the process that has the fronts: one line of JSON a connection, and one line back. */
export type FrontAsk =
  | { readonly ask: "set"; readonly fronts: readonly FrontSpec[] }
  | { readonly ask: "status" }
  /** Answered when the last connection to a target that was taken away has ended, or been reset after `ms`. */
  | { readonly ask: "drained"; readonly name: string; readonly target: Address; readonly ms: number }
  /** Answered at once, and the connection stays: its end tells of the end of the process. */
  | { readonly ask: "watch" }
  | { readonly ask: "end" };

export type FrontAnswers = {
  /** Why a front could not be, by name. */
  readonly set: { readonly [name: string]: string };
  readonly status: { readonly [name: string]: FrontStatus };
  readonly drained: null;
  readonly watch: { readonly pid: number; readonly version: string };
  readonly end: null;
};

const longestLine = 1 << 22;

/** Answers on a unix socket that is root's alone, or on the one that systemd listens on. `onEnd`: it was asked to end. */
export function serveFrontSocket(
  fronts: Fronts,
  about: { readonly version: string; readonly onEnd: () => void },
): Server {
  return createServer({ allowHalfOpen: true }, (asker) => {
    asker.on("error", () => asker.destroy());
    void lineOf(asker).then(async (line) => {
      if (line === null) return asker.destroy();
      try {
        const ask = JSON.parse(line) as FrontAsk;
        const text = `${JSON.stringify({ answer: await answer(ask) })}\n`;
        if (ask.ask === "watch") asker.once("end", () => asker.end()).write(text);
        else asker.end(text, ask.ask === "end" ? about.onEnd : undefined);
      } catch (error) {
        asker.end(`${JSON.stringify({ error: messageOf(error) })}\n`);
      }
    });
  });

  async function answer(ask: FrontAsk): Promise<FrontAnswers[FrontAsk["ask"]]> {
    switch (ask.ask) {
      case "set":
        return fronts.set(ask.fronts);
      case "status":
        return fronts.status();
      case "drained":
        await fronts.drained(ask.name, ask.target, ask.ms);
        return null;
      case "watch":
        return { pid: process.pid, version: about.version };
      case "end":
        return null;
      default:
        throw new Error(`there is no such request: ${JSON.stringify(ask satisfies never)}`);
    }
  }
}

/** The first line that comes; null: it is none. */
async function lineOf(asker: Socket): Promise<string | null> {
  let text = "";
  return new Promise((resolve) => {
    asker.setEncoding("utf8");
    asker.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > longestLine) resolve(null);
    });
    asker.once("end", () => resolve(text.includes("\n") ? text.slice(0, text.indexOf("\n")) : null));
    asker.once("close", () => resolve(null));
  });
}
