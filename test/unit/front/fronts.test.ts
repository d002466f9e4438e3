import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type FrontSpec, type Fronts, keepFronts } from "../../../src/front/fronts.ts";
import { echoes, says, talk } from "../../support/tcp.ts";
import { virtualClock } from "../../support/virtual-clock.ts";
import { target } from "./support.ts";

function fronts(): Fronts {
  const made = keepFronts({ clock: virtualClock(), chance: () => 0.5, tell: () => undefined });
  onTestFinished(async () => void (await made.set([])));
  return made;
}

function spec(name: string, port: number, ...targets: FrontSpec["targets"]): FrontSpec {
  const rules = { threshold: 0.5, minimumSamples: 20 };
  return { name, listen: [{ host: "127.0.0.1", port }], targets, rules, dialTimeoutMs: 2_000, drainMs: 30_000 };
}

const portOf = (made: Fronts, name: string): number => Number(made.status()[name]?.listen[0]?.split(":")[1]);

test("a front that stays keeps its connections when its targets change", async () => {
  const [old, next] = [await target(echoes), await target(says("next"))];
  const made = fronts();
  expect(await made.set([spec("web", 0, old.address)])).toEqual({});
  const port = portOf(made, "web");
  const client = connect(port, "127.0.0.1");
  client.write("a");
  await once(client, "data");
  expect(await made.set([spec("web", 0, next.address)])).toEqual({});
  expect(portOf(made, "web")).toBe(port);
  expect((await talk(port)).heard).toBe("next");
  client.write("b");
  expect(String(await once(client, "data"))).toBe("b");
  const drained = made.drained("web", old.address, 60_000);
  client.end();
  await drained;
});

test("a port that is taken is told, the others serve; what goes makes room for what comes", async () => {
  const [one, other] = [await target(says("one")), await target(says("other"))];
  const made = fronts();
  await made.set([spec("one", 0, one.address)]);
  const port = portOf(made, "one");
  const problems = await made.set([spec("one", 0, one.address), spec("other", port, other.address)]);
  expect(problems).toEqual({ other: `127.0.0.1:${port} is taken` });
  expect((await talk(port)).heard).toBe("one");
  expect(await made.set([spec("other", port, other.address)])).toEqual({});
  expect((await talk(port)).heard).toBe("other");
  await made.set([]);
  expect((await talk(port)).ended).not.toBe("end");
});

test("a front without a target refuses its clients", async () => {
  const made = fronts();
  await made.set([spec("web", 0)]);
  expect((await talk(portOf(made, "web"))).ended).toBe("ECONNRESET");
});
