import type { Phase } from "../unit/phase.ts";
import type { Call } from "./call.ts";

/** What is to be done about one unit now, and why, in words that `svc status` shows. `dueTo` names the unit that is the reason. */
export type Decision =
  | { readonly do: Call; readonly phase: Phase; readonly because: string; readonly dueTo?: string }
  /** Nothing until a fact comes, or the instant `until`. */
  | {
      readonly wait: true;
      readonly phase: Phase;
      readonly because: string;
      readonly until: number | null;
      readonly dueTo?: string;
    }
  | {
      readonly rest: true;
      readonly phase: Phase;
      readonly because: string;
      readonly until?: number;
      readonly dueTo?: string;
    };

export function ask(call: Call, phase: Phase, because: string): Decision {
  return { do: call, phase, because };
}

export function wait(phase: Phase, because: string, until: number | null = null): Decision {
  return { wait: true, phase, because, until };
}

export function waitFor(unit: string, phase: Phase, because: string): Decision {
  return { wait: true, phase, because, until: null, dueTo: unit };
}

export function rest(phase: Phase, because: string): Decision {
  return { rest: true, phase, because };
}

/** The same decision, with the unit that is the reason for it. */
export function dueTo(unit: string | null, decision: Decision): Decision {
  return unit === null ? decision : { ...decision, dueTo: unit };
}
