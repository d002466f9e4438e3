import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type RealEngine, realEngine } from "./real-engine.ts";

/** The engine of this machine and a folder for the tests of one file; both are there once its tests run, and gone after them. */
export function engineAndFolder(): { readonly real: RealEngine; readonly folder: string } {
  let real: RealEngine | null = null;
  let folder: string | null = null;
  beforeAll(async () => {
    real = await realEngine();
    folder = await mkdtemp(join(tmpdir(), `${real.prefix}-`));
  });
  afterAll(async () => {
    await real?.cleanup();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  return {
    get real() {
      if (!real) throw new Error("the tests have not begun");
      return real;
    },
    get folder() {
      if (!folder) throw new Error("the tests have not begun");
      return folder;
    },
  };
}
