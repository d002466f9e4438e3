import type { Call } from "../../src/plan/call.ts";
import { type Decision, decide } from "../../src/plan/decide.ts";
import type { World } from "../../src/plan/world.ts";

/** What is decided about every unit, a line each: `site: starting, launch: operator asked for it`. */
export function show(world: World, now: number): string {
  return [...decide(world, now)].map(([name, decision]) => `${name}: ${words(decision, now)}`).join("\n");
}

function words(decision: Decision, now: number): string {
  const { phase, because } = decision;
  if ("do" in decision) return `${phase}, ${callWords(decision.do)}: ${because}`;
  const until = typeof decision.until === "number" ? `, ${decision.until - now} ms` : "";
  return "wait" in decision ? `${phase}, waits${until}: ${because}` : `${phase}: ${because}`;
}

function callWords(call: Call): string {
  switch (call.call) {
    case "pull":
      return `pull ${call.image}`;
    case "fetch":
      return `fetch ${call.image}`;
    case "launch": {
      const bound = Object.values(call.bound);
      return bound.length > 0 ? `launch bound to ${bound.join(" ")}` : "launch";
    }
    case "put-back":
      return `put back ${call.to}`;
    case "signal":
    case "kill":
    case "release":
    case "remove":
      return `${call.call} ${call.id}`;
    default:
      return call satisfies never;
  }
}
