import { expect, test } from "vitest";
import { giveBackMemory } from "../../../src/daemon/give-back-memory.ts";
import { emptyWorld } from "../../../src/plan/world.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

function idle(world = emptyWorld) {
  const clock = virtualClock();
  const listeners: (() => void)[] = [];
  let bytes = 100;
  const collected: string[] = [];
  giveBackMemory({
    supervisor: {
      world,
      onPass(listener) {
        listeners.push(listener);
        return () => undefined;
      },
    },
    clock,
    heap: {
      collect: (flavor) => {
        collected.push(flavor);
        bytes = Math.min(bytes, 80);
      },
      bytes: () => bytes,
    },
  });
  return {
    clock,
    pass(grown = 0) {
      bytes += grown;
      for (const listener of listeners) listener();
    },
    collected: () => collected.length,
  };
}

test("after the beginning, and after work that took much, twice; not while something happens", () => {
  const { clock, pass, collected } = idle();
  clock.pass(1_500);
  pass();
  clock.pass(1_999);
  expect(collected()).toBe(0);
  clock.pass(1);
  expect(collected()).toBe(1);
  pass();
  clock.pass(1_999);
  expect(collected()).toBe(1);
  clock.pass(10_000);
  expect(collected()).toBe(2);
  for (let at = 0; at < 10; at++) {
    pass(10);
    clock.pass(1_000);
  }
  expect(collected()).toBe(2);
  clock.pass(10_000);
  expect(collected()).toBe(4);
});

test("work that took little is let be, and nothing is looked at without work", () => {
  const { clock, pass, collected } = idle();
  clock.pass(10_000);
  expect([collected(), clock.waiting()]).toEqual([2, 0]);
  pass(10);
  clock.pass(10_000);
  expect([collected(), clock.waiting()]).toEqual([2, 0]);
});

test("a svc that shuts down waits for none of it", () => {
  const { clock, pass } = idle({ ...emptyWorld, shuttingDown: true });
  clock.pass(10_000);
  pass(100);
  expect(clock.waiting()).toBe(0);
});
