import type { Unit } from "../unit/unit.ts";
import type { Call } from "./call.ts";
import type { Container, UnitState, Wish } from "./world.ts";

/** Something learned: from the disk, the operator, the engine, a probe. `observe` folds it into the world. */
export type Fact =
  | { readonly fact: "units-read"; readonly units: ReadonlyMap<string, Unit> }
  /** A wish of the operator, of boot or of a unit that needs it. `anew` forgets failures and a finished run. */
  | { readonly fact: "wished"; readonly unit: string; readonly wish: Wish; readonly anew: boolean }
  /** What was saved of a unit in an earlier life of svc. */
  | { readonly fact: "remembered"; readonly unit: string; readonly state: Partial<UnitState> }
  | { readonly fact: "shutting-down" }
  /** A deploy of the app begins or ends. */
  | { readonly fact: "deploying"; readonly app: string; readonly isUnderWay: boolean }
  | { readonly fact: "engine-away" }
  /** All containers that have a unit's container name, by unit. It answers for every unit: one that is absent has none. */
  | { readonly fact: "listed"; readonly containers: ReadonlyMap<string, SeenContainer> }
  | { readonly fact: "appeared"; readonly unit: string; readonly container: Container }
  /** Another container, which is ready, is the unit's from now on; what becomes of the one it had is not for this world. */
  | { readonly fact: "handed-over"; readonly unit: string; readonly container: Container }
  | { readonly fact: "died"; readonly unit: string; readonly id: string; readonly exit: Exit }
  | { readonly fact: "gone"; readonly unit: string; readonly id: string }
  | ({ readonly fact: "health"; readonly unit: string; readonly id: string } & Pick<Container, "health" | "lastCheck">)
  | { readonly fact: "paused"; readonly unit: string; readonly id: string; readonly paused: boolean }
  /** A tcp or http probe, or a log line. */
  | { readonly fact: "probed-ready"; readonly unit: string; readonly id: string }
  /** Its port or page said something else: `connection refused`, `status 503`. */
  | { readonly fact: "probed-unready"; readonly unit: string; readonly id: string; readonly answer: string }
  /** An image for a unit that runs is on this host; `problem`: it is not, and why. */
  | {
      readonly fact: "fetched";
      readonly unit: string;
      readonly image: string;
      readonly problem: string | null;
      /** In [0, 1): the jitter of the delay that may follow. */
      readonly luck: number;
    }
  | { readonly fact: "called"; readonly unit: string; readonly call: Call }
  | {
      readonly fact: "answered";
      readonly unit: string;
      readonly call: Call;
      readonly answer: Answer;
      /** In [0, 1): the jitter of the delay before it is tried again. */
      readonly luck: number;
    };

/** What `listed` tells of a container: itself, and how it ended if it did in this boot and does not run; null: not known. */
export type SeenContainer = { readonly container: Container; readonly exit: Exit | null };

export type Exit = {
  /** null: nobody saw it. */
  readonly code: number | null;
  /** `SIGTERM` when a signal ended it. */
  readonly signal: string | null;
  readonly oom: boolean;
  readonly words: string;
  /** In [0, 1): the jitter of the delay that may follow. Chance is a fact too. */
  readonly luck: number;
};

export type Answer =
  | { readonly ok: true; readonly container?: Container }
  /** Another container, not known until now, has the unit's container name. */
  | { readonly ok: false; readonly kind: "name-in-use"; readonly holder: Container; readonly message: string }
  | { readonly ok: false; readonly kind: "not-put-back"; readonly message: string }
  /** It had not been begun when it was not wished any more. */
  | { readonly ok: false; readonly kind: "not-wanted"; readonly message: string }
  | {
      readonly ok: false;
      readonly kind: "no-such-image" | "cannot-start" | "pull-failed" | "away" | "other";
      readonly message: string;
    };
