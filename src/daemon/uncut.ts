/** What is to end by itself before another program takes the place of this one. */
export type Uncut = {
  /** Does it once nobody stands still for a new program, and counts it until it has ended; null: it may be cut. */
  begin<T>(what: string | null, work: () => Promise<T>): Promise<T>;
  /** Counts what belongs to something that was begun before. */
  count<T>(what: string, work: Promise<T>): Promise<T>;
  /**
   * From here on nothing begins. true: all that was under way has ended; false: whoever asked is gone, and it goes on as before.
   * `tell`: what is waited for, when that changes.
   */
  stand(tell: (what: readonly string[]) => void, signal: AbortSignal): Promise<boolean>;
  /** All that is held back begins. */
  letGo(): void;
};

export function keepUncut(): Uncut {
  const underWay = new Set<{ readonly what: string }>();
  let standing = 0;
  let change = Promise.withResolvers<void>();
  return {
    async begin(what, work) {
      while (standing > 0) await change.promise;
      return what === null ? work() : count(what, work());
    },
    count,
    async stand(tell, signal) {
      standing++;
      const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      let told = "";
      while (underWay.size > 0 && !signal.aborted) {
        const all = [...new Set([...underWay].map(({ what }) => what))];
        if (told !== all.join()) tell(all);
        told = all.join();
        await Promise.race([change.promise, gone]);
      }
      if (!signal.aborted) return true;
      standing = Math.max(0, standing - 1);
      changed();
      return false;
    },
    letGo() {
      standing = 0;
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
