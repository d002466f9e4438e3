import { messageOf } from "../svc-error.ts";
import { writeFileSafely } from "../unit/write-file-safely.ts";

/** Resolves when all that was so at the call is on disk, with null, or with the reason why it is not. */
export type Save = () => Promise<string | null>;

/**
 * Writes one at a time; what changes during a write goes into the next. A disk that is full stops nothing: what is wished is
 * done, the one who wished it is told that it will not be remembered, and every later change tries again.
 */
export function savingTo<State>(what: {
  readonly path: string;
  /** As it is now; `before`: as it is on the disk, null: nothing of this svc. */
  readonly current: (before: State | null) => State;
  /** As far as can be told without writing it down. */
  readonly isSame: (one: State, other: State) => boolean;
  readonly serialise: (state: State) => string;
  readonly onFailure: (message: string) => void;
}): Save {
  /** What is on the disk, as it was and as it is written. */
  let onDisk: { readonly state: State; readonly text: string } | null = null;
  let told: string | null = null;
  let writing: ReturnType<Save> | null = null;
  let next: ReturnType<Save> | null = null;
  return save;

  function save(): ReturnType<Save> {
    if (!writing) {
      writing = write().finally(() => {
        writing = null;
      });
      return writing;
    }
    next ??= writing.then(() => {
      next = null;
      return save();
    });
    return next;
  }

  async function write(): ReturnType<Save> {
    const state = what.current(onDisk?.state ?? null);
    if (onDisk && what.isSame(state, onDisk.state)) return null;
    const text = what.serialise(state);
    try {
      if (text !== onDisk?.text) await writeFileSafely(what.path, text, 0o600);
      onDisk = { state, text };
      told = null;
    } catch (error) {
      const problem = `the state cannot be saved: ${messageOf(error)}`;
      if (problem !== told) what.onFailure(problem);
      told = problem;
    }
    return told;
  }
}
