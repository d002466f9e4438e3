import type { StopReason } from "./world.ts";

/** What the engine is asked to do: a value, carried out by the call runner, which decides nothing. */
export type Call =
  /** `forStart`: with the policy `always` an image is pulled once for every start, and this is the one. */
  | { readonly call: "pull"; readonly image: string; readonly forStart: string | null }
  /** Answered at once: what became of it is told by the fact `fetched`. A container that runs on meanwhile can still be stopped. */
  | { readonly call: "fetch"; readonly image: string }
  /** Create, attach, start. `bound` are the ids of the containers that it holds on to. */
  | { readonly call: "launch"; readonly generation: number; readonly bound: { readonly [unit: string]: string } }
  | { readonly call: "signal"; readonly id: string; readonly why: StopReason }
  | { readonly call: "kill"; readonly id: string }
  /** The engine owes a `die` long after SIGKILL: our own attached reader may hold it back. Drop it and look again. */
  | { readonly call: "release"; readonly id: string }
  | { readonly call: "remove"; readonly id: string }
  /** Not of the engine: the TAG of its app becomes what it was, and the units of the app are restarted with it. */
  | { readonly call: "put-back"; readonly from: string; readonly to: string };
