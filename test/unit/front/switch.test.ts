import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { echoes, isSilent, says, talk } from "../../support/tcp.ts";
import { until } from "../../support/until.ts";
import { front, target } from "./support.ts";

test("targets are switched under load, and not one client fails", async () => {
  const [blue, green] = [await target(says("blue")), await target(says("green"))];
  const { port, setTargets, drained, status } = await front(blue);
  const heard: string[] = [];
  let switching = true;
  const clients = Array.from({ length: 16 }, async () => {
    while (switching) {
      const { heard: word, ended } = await talk(port);
      heard.push(ended === "end" ? word : ended);
    }
  });
  for (let round = 0; round < 20; round++) {
    const [next, last] = round % 2 === 0 ? [green, blue] : [blue, green];
    await until(() => heard.length > round * 50);
    setTargets([next.address]);
    await drained(last.address, 30_000);
    await until(() => last.open() === 0);
  }
  switching = false;
  await Promise.all(clients);
  expect(heard.filter((word) => word !== "blue" && word !== "green")).toEqual([]);
  expect(heard).toContain("green");
  await until(() => status().targets[0]?.connections === 0);
  expect(status().targets).toHaveLength(1);
});

test("old connections go on at their target, new ones go to the new; what is left after the drain time is reset", async () => {
  const [old, next] = [await target(echoes), await target(says("new"))];
  const { port, setTargets, drained, at, clock } = await front(old);
  const client = connect(port, "127.0.0.1");
  client.write("a");
  await once(client, "data");
  setTargets([next.address]);
  expect((await talk(port)).heard).toBe("new");
  client.write("b");
  expect(String(await once(client, "data"))).toBe("b");
  expect(at(1)).toMatchObject({ draining: true, connections: 1 });
  const ended = once(client, "error");
  const done = drained(old.address, 5_000);
  clock.pass(5_000);
  await done;
  expect(await ended).toMatchObject([{ code: "ECONNRESET" }]);
  await until(() => old.open() === 0);
});

test("a drain ends with the last connection; a target that is meant again meanwhile keeps its new ones", async () => {
  const [one, other] = [await target(isSilent), await target(isSilent)];
  const { port, setTargets, drained, clock, status } = await front(one);
  const first = connect(port, "127.0.0.1");
  await until(() => one.open() === 1);
  setTargets([other.address]);
  const done = drained(one.address, 60_000);
  setTargets([one.address]);
  const second = connect(port, "127.0.0.1").on("error", () => undefined);
  await until(() => one.open() === 2);
  first.resetAndDestroy();
  await done;
  clock.pass(60_000);
  await until(() => one.open() === 1);
  expect(second.destroyed).toBe(false);
  expect(status().targets).toMatchObject([{ draining: false, connections: 1 }]);
});
