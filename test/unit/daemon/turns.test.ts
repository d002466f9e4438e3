import { expect, test } from "vitest";
import { turns } from "../../../src/daemon/turns.ts";

test("at most so many at once, first come first served, and each leaves once", async () => {
  const { take } = turns(2);
  const order: number[] = [];
  let now = 0;
  let most = 0;
  const work = async (number: number): Promise<void> => {
    const leave = await take();
    order.push(number);
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    leave();
    leave();
  };
  await Promise.all([1, 2, 3, 4, 5, 6].map(work));
  expect([order, most, now]).toEqual([[1, 2, 3, 4, 5, 6], 2, 0]);
});
