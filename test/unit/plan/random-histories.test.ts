import fc from "fast-check";
import { expect, test } from "vitest";
import { play, steps } from "../../support/random-history.ts";
import { hosts, unitWords } from "../../support/random-units.ts";

/**
 * The laws in random histories of 5 to 50 units.
 *   SVC_RUNS=5000          that many new ones, not the few hundred of every day, which are always the same (about 100 ms each)
 *   SVC_SEED=… SVC_PATH=…  the one that failed, as its failure says
 */
/** Shrinking a history of many units can take for ever; what has been found by then is shown. */
const shrinkForMs = 30_000;
const runs = Number(process.env.SVC_RUNS ?? 250);

test("the laws hold whatever happens to many units", { timeout: 120_000 + runs * 2_000 }, () => {
  let rests = 0;
  let told = 0;
  let failedAt: number | null = null;
  const property = fc.property(hosts, steps, (host, history) => {
    if (failedAt !== null && performance.now() - failedAt > shrinkForMs) return true;
    const played = play(host, history);
    rests += played.restOf;
    told += played.history.length;
    if (played.broken.length === 0) return true;
    failedAt ??= performance.now();
    return false;
  });
  const { SVC_SEED, SVC_PATH } = process.env;
  const result = fc.check(property, {
    numRuns: runs,
    ...(SVC_SEED ? { seed: Number(SVC_SEED) } : {}),
    ...(SVC_PATH ? { path: SVC_PATH } : {}),
  });
  console.log(`${result.numRuns} histories, ${told} happenings, ${rests} times at rest, seed ${result.seed}`);
  if (!result.failed) return;
  const [host, history] = result.counterexample ?? [];
  if (!host || !history) throw new Error(String(result.errorInstance));
  const { broken, history: words } = play(host, history);
  const again = `SVC_SEED=${result.seed} SVC_PATH=${result.counterexamplePath}`;
  expect.fail([`${broken.join("\n")}`, "", again, "", ...host.units.map(unitWords), "", ...words].join("\n"));
});
