import { expect, test } from "vitest";
import { keepUncut } from "../../../src/daemon/uncut.ts";

const forEver = new AbortController().signal;
const nobody = (): void => undefined;

test("who stands still is told what is waited for, also of what belongs to it and began later; nothing else begins", async () => {
  const uncut = keepUncut();
  const [launch, alert] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const told: string[] = [];
  const launched = uncut.begin("launch of web", () => launch.promise);
  const stood = uncut.stand((what) => told.push(what.join()), forEver);
  void uncut.count("on_event of web", alert.promise);
  void uncut.begin(null, async () => expect.fail("it began"));
  launch.resolve();
  await launched;
  alert.resolve();
  expect(await stood).toBe(true);
  expect(told).toEqual(["launch of web", "on_event of web"]);
});

test("of two who stand still one may give up; what is held back begins when the other does too", async () => {
  const uncut = keepUncut();
  const under = Promise.withResolvers<void>();
  void uncut.count("pre_start of web", under.promise);
  const [one, other] = [new AbortController(), new AbortController()];
  const stood = [uncut.stand(nobody, one.signal), uncut.stand(nobody, other.signal)];
  let begun = false;
  const kill = uncut.begin("kill of db", async () => {
    begun = true;
  });
  one.abort();
  expect(await stood[0]).toBe(false);
  expect(begun).toBe(false);
  other.abort();
  expect(await stood[1]).toBe(false);
  await kill;
  under.resolve();
  expect(await uncut.stand(nobody, forEver)).toBe(true);
});

test("once all is let go nobody stands still any more, neither who did nor who comes", async () => {
  const uncut = keepUncut();
  void uncut.count("pre_start of web", new Promise(() => undefined));
  const stood = uncut.stand(nobody, forEver);
  const kill = uncut.begin("kill of db", async () => "killed");
  uncut.letGo();
  expect(await stood).toBe(false);
  expect(await kill).toBe("killed");
  expect(await uncut.stand(nobody, forEver)).toBe(false);
  expect(await uncut.begin("kill of db", async () => "killed")).toBe("killed");
});
