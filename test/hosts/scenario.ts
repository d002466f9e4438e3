import { afterAll, beforeAll, test } from "vitest";
import { startHost, type TestHost } from "./test-host.ts";

/** One row of the table in the README, as a scenario fills it. */
export type Row = {
  readonly whatWeDo: string;
  readonly whatSurvives: string;
  /** How often it was done. */
  faults: number;
  /** The longest that it took until all was as before, ms. */
  worstRecoveryMs: number | null;
  /** Lines that were written and are not in the log; null: not counted here. */
  lostLines: number | null;
  /** Units that did not come back. */
  lostUnits: number;
};

/** The form that CI runs: some of the scenarios, with fewer rounds, and how long something takes is told but not judged. */
export const isShort = process.env.SVC_HOSTS === "short";

/** A machine that gives no container what systemd needs is no failure of svc; only the short form may pass over that. */
let cannotBoot = false;

declare module "vitest" {
  interface TaskMeta {
    row?: Row;
  }
}

export type Told = {
  /** One more fault, and how long it took until all was as before. */
  fault(recoveryMs?: number): void;
  lostLines(count: number): void;
  lostUnits(count: number): void;
};

/**
 * A fault that operators meet: what we do to the host, and what survives it, each in words for the table. Those marked `short` are
 * run by CI, all others by `npm run test:hosts`.
 */
export function scenario(
  whatWeDo: string,
  about: { readonly survives: string; readonly short?: boolean; readonly timeout?: number },
  play: (told: Told) => Promise<void>,
): void {
  test.skipIf(isShort && about.short !== true)(
    whatWeDo,
    { timeout: about.timeout ?? 600_000 },
    async ({ task, skip }) => {
      skip(cannotBoot, "no host could be booted on this machine");
      const row: Row = {
        whatWeDo,
        whatSurvives: about.survives,
        faults: 0,
        worstRecoveryMs: null,
        lostLines: null,
        lostUnits: 0,
      };
      task.meta.row = row;
      await play({
        fault(recoveryMs) {
          row.faults += 1;
          if (recoveryMs !== undefined)
            row.worstRecoveryMs = Math.max(row.worstRecoveryMs ?? 0, Math.round(recoveryMs));
        },
        lostLines(count) {
          row.lostLines = (row.lostLines ?? 0) + count;
        },
        lostUnits(count) {
          row.lostUnits += count;
        },
      });
    },
  );
}

/** A host for the scenarios of one file. Each begins with `await host.clean()`, or takes it as the last one left it. */
export function aHost(): TestHost {
  let started: TestHost | null = null;
  beforeAll(async () => {
    try {
      started = await startHost();
    } catch (error) {
      if (!isShort) throw error;
      console.warn(error);
      cannotBoot = true;
    }
  });
  afterAll(async () => {
    await started?.remove();
  });
  return new Proxy({} as TestHost, {
    get: (_, key) => {
      if (!started) throw new Error("the host is started before the first scenario");
      return started[key as keyof TestHost];
    },
  });
}

/** How long it takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
