import type { Phase } from "../unit/phase.ts";
import type { Call } from "./call.ts";

/** What is to be done about one unit now, and why, in words that `svc status` shows. */
export type Decision =
  | { readonly do: Call; readonly phase: Phase; readonly because: string }
  /** Nothing until a fact comes, or the instant `until`. `blockedBy` names the unit that is waited for. */
  | {
      readonly wait: true;
      readonly phase: Phase;
      readonly because: string;
      readonly until: number | null;
      readonly blockedBy?: string;
    }
  | { readonly rest: true; readonly phase: Phase; readonly because: string; readonly until?: number };

export function ask(call: Call, phase: Phase, because: string): Decision {
  return { do: call, phase, because };
}

export function wait(phase: Phase, because: string, until: number | null = null): Decision {
  return { wait: true, phase, because, until };
}

export function waitFor(unit: string, phase: Phase, because: string): Decision {
  return { wait: true, phase, because, until: null, blockedBy: unit };
}

export function rest(phase: Phase, because: string): Decision {
  return { rest: true, phase, because };
}
