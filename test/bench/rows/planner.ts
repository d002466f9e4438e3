import type { Clock } from "../../../src/clock/clock.ts";
import { Supervisor } from "../../../src/daemon/supervisor.ts";
import { decide } from "../../../src/plan/decide.ts";
import { consequences, type Imagined } from "../../../src/plan/imagined-engine.ts";
import { observe } from "../../../src/plan/observe.ts";
import { stateOf, type World } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { exit, need, unit, world } from "../../support/build.ts";
import { median } from "../rounds.ts";
import { type Line, type Row, svc } from "../row.ts";

const edges = 4;
const sizes = [1_000, 10_000] as const;
/** The kernel counts the time of a thread in ticks of milliseconds. */
const passesARound = 20;
const deathsOfADay = 2_000;
const dayMs = 86_400_000;

/** The core without an engine: what a pass takes, a day of deaths, and a boot, with more and more units. */
export const planner: Row = {
  name: "planner",
  async run(rounds) {
    const [small, large] = sizes.map((size) => passes(size, rounds(10)));
    if (!small || !large) return [];
    const tenfold = `ten times that of ${sizes[0]}`;
    const boots = [];
    for (const size of [100, 1_000]) boots.push(await bootOf(size));
    return [
      {
        work: `planner: one pass over ${sizes[0]} units with ${edges} needs each`,
        unit: "ms",
        measured: { [svc]: small },
        goals: [{ of: null, atMost: 2 }],
      },
      {
        work: `planner: one pass over ${sizes[1]} units`,
        unit: "ms",
        measured: { [svc]: large, [tenfold]: [10 * median(small)] },
        goals: [{ of: tenfold, atMost: 1.2 }],
      },
      {
        work: `a day with ${deathsOfADay} deaths among ${sizes[0]} units, replayed: a death`,
        unit: "ms",
        measured: { [svc]: [await replay(sizes[0])] },
        goals: [],
      },
      perUnit(boots),
    ];
  },
};

function perUnit([few = 0, many = 0]: readonly number[]): Line {
  const name = "100 units";
  return {
    work: "boot of 1000 units on an imagined engine: a unit",
    unit: "ms",
    measured: { [svc]: [many], [name]: [few] },
    goals: [{ of: name, atMost: 1.1 }],
  };
}

/** A container dies, and all is decided anew. */
function passes(size: number, rounds: number): readonly number[] {
  const units = web(size);
  const all = world({ units, running: units.map(({ name }) => name) });
  const took: number[] = [];
  for (let round = 0; round < rounds + 2; round++) {
    const begun = cpuTime();
    for (let pass = 0; pass < passesARound; pass++) {
      const name = units[(pass * 37) % size]?.name ?? "";
      const at = round * passesARound + pass;
      decide(observe(all, { fact: "died", unit: name, id: `${name}.1`, exit: exit.bad }, at), at);
    }
    took.push((cpuTime() - begun) / passesARound);
  }
  // The first ones are of a program that is not warm yet.
  return took.slice(2);
}

/** Each needs four of those before it. */
function web(size: number): readonly Unit[] {
  return Array.from({ length: size }, (_, at) => {
    const nearest = [1, 7, 31, 101].map((back) => at - back).filter((other) => other >= 0);
    return unit(`u${at}`, { needs: nearest.slice(0, edges).map((other) => need(`u${other}`)), ready: now });
  });
}

/** Of this thread, in ms: what others do meanwhile does not count. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

const now = { how: "after", afterMs: 0 } as const;

const spans = { launch: 300, stop: 50, remove: 70 };
const imagined: Imagined = {
  takes: (_unit, what) => (what in spans ? spans[what as keyof typeof spans] : 0),
  hasHealthcheck: () => false,
};

async function replay(size: number): Promise<number> {
  const units = web(size);
  const life = await lifeWith(world({ units, running: units.map(({ name }) => name) }));
  const begun = cpuTime();
  for (let death = 0; death < deathsOfADay; death++) {
    await life.passTo((death * dayMs) / deathsOfADay);
    const { name } = units[(death * 37) % size] ?? units[0] ?? unit("none");
    const { container } = stateOf(life.supervisor.world, name);
    if (container?.state === "running")
      life.supervisor.tell({ fact: "died", unit: name, id: container.id, exit: exit.bad });
  }
  await life.passTo(dayMs);
  return (cpuTime() - begun) / deathsOfADay;
}

async function bootOf(size: number): Promise<number> {
  const units = web(size);
  const begun = cpuTime();
  const life = await lifeWith(world({ units }));
  await life.passTo(dayMs);
  const up = units.filter(({ name }) => stateOf(life.supervisor.world, name).container?.state === "running");
  if (up.length < size) throw new Error(`only ${up.length} of ${size} units are up`);
  return (cpuTime() - begun) / size;
}

/** The loop of the daemon with an engine that is only imagined, in a time that passes when it is told to. */
async function lifeWith(start: World): Promise<{ readonly supervisor: Supervisor; passTo(at: number): Promise<void> }> {
  let time = 0;
  const due = new Map<number, (() => void)[]>();
  const clock: Clock = { now: () => time, date: () => time, after };
  const supervisor: Supervisor = new Supervisor(clock, async (name, call) => {
    const promised = consequences(name, call, supervisor.world, time, { imagined, number: time });
    const answer = promised.find(({ fact }) => fact.fact === "answered");
    for (const { at, fact } of promised) if (fact.fact !== "answered") after(at - time, () => supervisor.tell(fact));
    await new Promise<void>((resolve) => after((answer?.at ?? time) - time, resolve));
    return answer?.fact.fact === "answered" ? answer.fact.answer : { ok: true };
  });
  supervisor.world = start;
  supervisor.tell();
  return { supervisor, passTo };

  function after(delayMs: number, callback: () => void): () => void {
    const at = time + Math.max(0, delayMs);
    const list = due.get(at) ?? [];
    list.push(callback);
    due.set(at, list);
    return () => list.splice(list.indexOf(callback) >>> 0, 1);
  }

  async function passTo(end: number): Promise<void> {
    for (;;) {
      const next = Math.min(...due.keys());
      if (next > end || due.size === 0) break;
      time = next;
      const list = due.get(next) ?? [];
      due.delete(next);
      for (const callback of list.splice(0)) callback();
      await new Promise((resolve) => setImmediate(resolve));
    }
    time = end;
  }
}
