import { expect, test } from "vitest";
import { holdBack } from "../../../src/daemon/output/hold-back.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

function held() {
  const clock = virtualClock();
  const seen: string[] = [];
  let behind = false;
  let catchUp: () => void = () => undefined;
  const log = {
    isBehind: () => behind,
    flush: () =>
      new Promise<void>((resolve) => {
        catchUp = resolve;
      }),
  };
  const stream = { pause: () => void seen.push("pause"), resume: () => void seen.push("resume") };
  return {
    clock,
    seen,
    output: holdBack(log, clock, stream),
    falls: () => {
      behind = true;
    },
    async catchesUp() {
      behind = false;
      catchUp();
      await Promise.resolve();
    },
  };
}

test("a container that writes faster than the disk takes it is held back until the disk has it", async () => {
  const { clock, seen, output, falls, catchesUp } = held();
  output();
  falls();
  output();
  output();
  expect(seen).toEqual(["pause"]);
  await catchesUp();
  expect(seen).toEqual(["pause", "resume"]);
  expect(clock.waiting()).toBe(0);
});

test("a disk that takes nothing holds a container back for a second, and not again until it has caught up", async () => {
  const { clock, seen, output, falls, catchesUp } = held();
  falls();
  output();
  clock.pass(999);
  expect(seen).toEqual(["pause"]);
  clock.pass(1);
  output();
  output();
  expect(seen).toEqual(["pause", "resume"]);
  await catchesUp();
  falls();
  output();
  expect(seen.slice(-1)).toEqual(["pause"]);
});
