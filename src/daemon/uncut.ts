/** What is to end by itself before another program takes the place of this one. */
export type Uncut = {
  /** Does it once nobody stands still for a new program, and counts it until it has ended; null: it may be cut. */
  begin<T>(what: string | null, work: () => Promise<T>): Promise<T>;
  /** Counts what cannot be put off: it belongs to something that was begun before, or tells of something that happened. */
  count<T>(what: string, work: Promise<T>): Promise<T>;
  /**
   * From here on nothing begins but what is counted only. true: all of it has ended; false: whoever asked is gone, or all is let
   * go, and it goes on as before. `tell`: what is waited for, when that changes.
   */
  stand(tell: (what: readonly string[]) => void, signal: AbortSignal): Promise<boolean>;
  /** All that is held back begins, and nobody stands still any more. */
  letGo(): void;
};

export function keepUncut(): Uncut {
  const underWay = new Set<{ readonly what: string }>();
  let standing = 0;
  let isLetGo = false;
  let change = Promise.withResolvers<void>();
  return {
    async begin(what, work) {
      while (standing > 0 && !isLetGo) await change.promise;
      return what === null ? work() : count(what, work());
    },
    count,
    async stand(tell, signal) {
      standing++;
      const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      let told = "";
      while (underWay.size > 0 && !signal.aborted && !isLetGo) {
        const all = [...new Set([...underWay].map(({ what }) => what))];
        if (told !== all.join()) tell(all);
        told = all.join();
        await Promise.race([change.promise, gone]);
      }
      if (!signal.aborted && !isLetGo) return true;
      standing--;
      changed();
      return false;
    },
    letGo() {
      isLetGo = true;
      changed();
    },
  };

  async function count<T>(what: string, work: Promise<T>): Promise<T> {
    const one = { what };
    underWay.add(one);
    try {
      return await work;
    } finally {
      underWay.delete(one);
      changed();
    }
  }

  function changed(): void {
    change.resolve();
    change = Promise.withResolvers();
  }
}
