export type Turns = {
  /** Resolves when it is one's turn, with what ends it. First come, first served. */
  take(): Promise<() => void>;
};

/** At most so many at once. */
export function turns(atOnce: number): Turns {
  let busy = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else busy--;
  };
  return {
    async take() {
      if (busy < atOnce) busy++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },
  };
}
