import { describe, expect, test } from "vitest";
import { showPlan } from "../../../src/cli/show/plan.ts";
import type { ExitRecord, Plan, UnitEvent } from "../../../src/control/request.ts";
import { doubtsAbout } from "../../../src/daemon/foresight/doubts.ts";
import { measuredSpans } from "../../../src/daemon/foresight/measured-spans.ts";
import { summarize } from "../../../src/daemon/foresight/summarize.ts";
import type { Fact } from "../../../src/plan/fact.ts";
import { foresee } from "../../../src/plan/foresee.ts";
import type { World } from "../../../src/plan/world.ts";
import { container, link, need, unit, world } from "../../support/build.ts";

const now = 100_000;

type Past = {
  readonly records?: { readonly [unit: string]: readonly ExitRecord[] };
  readonly missing?: readonly string[];
  readonly events?: readonly UnitEvent[];
  readonly isRestart?: boolean;
  readonly columns?: number;
};

/** What `svc start NAME --plan` prints. */
async function planToStart(name: string, there: World, past: Past = {}): Promise<string> {
  const spans = measuredSpans(past.events ?? []);
  const imagined = { takes: spans.takes, hasHealthcheck: () => false };
  const start: Fact = {
    fact: "wished",
    unit: name,
    wish: { want: "up", by: "operator", generation: past.isRestart ? 1 : 0 },
    anew: true,
  };
  const doubts = await doubtsAbout([...there.units.keys()], {
    world: there,
    now,
    takes: spans.takes,
    recordsOf: async (one) => past.records?.[one] ?? [],
    isImageMissing: (one) => past.missing?.includes(one) ?? false,
  });
  const about = { world: there, from: now, named: [name], spans, doubts };
  const plan = summarize(foresee(there, [start], now, imagined), foresee(there, [], now, imagined), about);
  return showPlan(plan, `svc start ${name}`, { colour: false, columns: past.columns ?? Number.POSITIVE_INFINITY });
}

function ended(ranFor: number, change: Partial<ExitRecord> = {}): ExitRecord {
  return {
    unit: "web",
    container: "",
    image: "",
    tag: "1",
    startedAt: null,
    endedAt: "",
    ranFor,
    code: 9,
    signal: null,
    oom: false,
    by: "itself",
    words: "exit 9",
    lastLines: [],
    parts: { unit: "u", env: "e", tag: "t" },
    ...change,
  };
}

const looping = {
  respawns: [now - 9_000, now - 6_000, now - 3_000, now - 100],
  backoff: { streak: 1, until: now + 30_000, delayMs: 30_000 },
  lastExit: { words: "exit 9", at: now - 100 },
};

describe("a plan begins with how things are", () => {
  test("a start of one that is in back-off tries at once, and is not expected to come up", async () => {
    const there = world({ units: [unit("web")], states: { web: looping } });
    const records = { web: [ended(900), ended(2), ended(1.9), ended(2)] };
    expect(await planToStart("web", there, { records })).toBe(
      `   AFTER  UNIT  DOES   WHAT   BECAUSE
1  0 s    web   start  web:1  operator asked for it

takes about 1.4 s, a guess for the start of web, not seen yet; in the end: web not up, as far as is known
  web is not expected to be up: it ended 2 s after each of its last 3 starts: exit 9
nothing was done; this does it:  svc start web
`,
    );
  });

  test("what needs it is not expected to come up either", async () => {
    const units = [unit("web"), unit("site", { needs: [need("web")] })];
    const there = world({ units, down: ["site"], states: { web: looping } });
    const text = await planToStart("site", there, { records: { web: [ended(2)] } });
    expect(text).toContain("in the end: site not up, as far as is known\n");
    expect(text).toContain("  site is not expected to be up: it needs web, which is not expected to be up\n");
  });

  test("of one that cannot come up it is said why, though nothing is known of it", async () => {
    const there = world({ units: [unit("site", { needs: [need("gone")] })], down: ["site"] });
    expect(await planToStart("site", there)).toBe(
      `nothing would be done; in the end: site waiting, as far as is known
  site is not expected to be up: it needs gone, which has no valid unit file
`,
    );
  });

  test("one that the operator stopped after it failed over and over", async () => {
    const there = world({ units: [unit("web")], down: ["web"] });
    const text = await planToStart("web", there, { records: { web: [ended(2), ended(1), ended(4)] } });
    expect(text).toContain(
      "  web is not expected to be up: it ended within 4 s of each of its last 3 starts: exit 9\n",
    );
  });

  test("one that ended as soon as it was started", async () => {
    const there = world({ units: [unit("web")], down: ["web"] });
    expect(await planToStart("web", there, { records: { web: [ended(0), ended(0)] } })).toContain(
      "  web is not expected to be up: it ended 0.1 s after each of its last 2 starts: exit 9\n",
    );
  });

  test("one that died once and is back is well; one that dies again and again, and is back for now, is not", async () => {
    const back = { container: container("web.2", { startedAt: now - 3_000 }), lastExit: looping.lastExit };
    const records = { web: [ended(2)] };
    const once = world({ units: [unit("web")], states: { web: { ...back, respawns: [now - 3_500] } } });
    expect(await planToStart("web", once, { records, isRestart: true })).toContain("in the end: web up\n");
    const { respawns, backoff } = looping;
    const often = world({ units: [unit("web")], states: { web: { ...back, respawns, backoff } } });
    expect(await planToStart("web", often, { records, isRestart: true })).toContain("web is not expected to be up");
  });

  test("one whose image cannot be pulled, and one whose image is never pulled", async () => {
    const trouble = { kind: "pull-failed", message: "cannot pull web:1: no", times: 3, until: now + 5_000 } as const;
    const failing = world({ units: [unit("web")], states: { web: { trouble, missingImage: "web:1" } } });
    expect(await planToStart("web", failing, { missing: ["web"] })).toContain(
      "  web is not expected to be up: each of its last 3 tries failed: cannot pull web:1: no\n",
    );
    const never = unit("web", { launch: { ...unit("web").launch, pull: "never" } as never });
    expect(await planToStart("web", world({ units: [never], down: ["web"] }), { missing: ["web"] })).toContain(
      "  web is not expected to be up: its image web:1 is not on this host, and is never pulled\n",
    );
  });

  test.each([
    ["was stopped well", [ended(2), ended(5, { by: "asked" })]],
    ["ran for long", [ended(2), ended(900)]],
    ["failed with another tag", [ended(2, { parts: { unit: "u", env: "e", tag: "other" } })]],
    ["was never started", []],
  ])("of one that %s it is expected that it comes up", async (_, records) => {
    const there = world({ units: [unit("web")], down: ["web"] });
    expect(await planToStart("web", there, { records: { web: records } })).toContain("; in the end: web up\n");
  });

  test("one that has been starting for longer than that may take", async () => {
    const ready = { how: "tcp", host: null, port: 80 } as const;
    const there = world({
      units: [unit("web", { ready })],
      states: { web: { container: container("web.1", { startedAt: now - 20_000, watchedSince: now - 20_000 }) } },
    });
    expect(await planToStart("web", there)).toBe(
      `nothing would be done; in the end: web not up, as far as is known
  web is not expected to be up: it was started 20 s ago and is not ready: nothing answers on its port 80 yet
`,
    );
  });

  test("what happens to others without the command too is no part of it", async () => {
    const task = unit("task", { type: "task" });
    const there = world({ units: [unit("web"), task], running: ["web", "task"] });
    const text = await planToStart("web", there, { isRestart: true });
    expect(text).toContain("  web  for ");
    expect(text).not.toContain("task");
  });

  test("one that is steady is up, whatever was before", async () => {
    const up = world({ units: [unit("web")], running: ["web"] });
    expect(await planToStart("web", up, { records: { web: [ended(2)] } })).toBe(
      "nothing would be done; in the end: web up\n",
    );
  });
});

describe("what others have to do with it", () => {
  test("one that was stopped for another is started for it", async () => {
    const units = [unit("mail"), unit("site", { needs: [link("mail")] })];
    const site = { container: container("site.1", { bound: { mail: "mail.1" } }) };
    const text = await planToStart("mail", world({ units, running: ["mail"], states: { site } }), { isRestart: true });
    expect(text).toMatch(/ mail +start +mail:1 +operator asked for it\n/);
    expect(text).toMatch(/ site +start +site:1 +it was stopped for mail\n/);
  });

  test("of many units it is summed up how they end and what is a guess", async () => {
    const names = Array.from({ length: 30 }, (_, at) => `unit-${at}`);
    const step = { at: 0, does: "start", what: "image", because: "operator asked for it" } as const;
    const ends = names.map((name) => ({ unit: name, phase: "up", doubt: null }) as const);
    const plan: Plan = {
      steps: names.map((name) => ({ ...step, unit: name })),
      meanwhile: [],
      darkPorts: [],
      inTheEnd: [...ends, { unit: "site", phase: "waiting", doubt: "it needs gone, which is down" }],
      takes: 2.4,
      guessed: names.map((name) => ({ unit: name, what: ["start"] })),
    };
    expect(showPlan(plan, "svc start site", { colour: false, columns: 80 })).toMatch(
      /\n\ntakes about 2.4 s, a guess for the start of 30 units, not seen yet; in the end: 30 up, 1 waiting, as far as is known\n {2}site is not expected to be up: it needs gone, which is down\nnothing was done/,
    );
  });
});

const hook = { timeoutMs: 30_000, user: null, workingDir: null, environment: [], privileged: false };
const hooked = unit("web", {
  hooks: {
    preStart: [{ ...hook, where: "host", command: ["install -d\n  /srv/media"] }],
    postStart: [{ ...hook, where: "container", command: ["cachetool", "warm"] }],
    preStop: [{ ...hook, where: "container", command: ["drain"] }],
    postStop: [{ ...hook, where: "task", command: ["manage", "forget-host"] }],
  },
});

function event(seconds: number, event: string, phase: UnitEvent["phase"], tookMs?: number): UnitEvent {
  const time = new Date(seconds * 1000).toISOString();
  return { time, unit: "web", event, phase, because: "", ...(tookMs === undefined ? {} : { tookMs }) };
}
const phase = (seconds: number, name: NonNullable<UnitEvent["phase"]>): UnitEvent => event(seconds, "phase", name);

describe("hooks are steps of a plan, and what is measured is told from what is guessed", () => {
  test("hooks that were never run take a second each, as a guess", async () => {
    expect(await planToStart("web", world({ units: [hooked], running: ["web"] }), { isRestart: true })).toBe(
      `   AFTER  UNIT  DOES    WHAT                                           BECAUSE
1  0 s    web   run     pre_stop: drain (in its container)             before its stop signal
2  1 s    web   stop    stop signal, then 10 s                         a restart was asked for
3  2 s    web   run     post_stop: manage forget-host (in a one-off)   after its end
4  3 s    web   remove  the container that has ended                   it was stopped to be started anew
5  3.1 s  web   run     pre_start: install -d /srv/media               before it is started
6  4.1 s  web   start   web:1                                          operator asked for it
7  4.5 s  web   run     post_start: cachetool warm (in its container)  when it runs; nothing waits for it

affected meanwhile:
  web  for 4.5 s, from 1 s on  it is down: stopping, starting

takes about 5.5 s, a guess for the pre_stop, stop, post_stop, pre_start, start, post_start of web, not seen yet; in the end: web up
nothing was done; this does it:  svc start web
`,
    );
  });

  test("on a narrow terminal each column goes on below itself, and no heading is broken", async () => {
    const past = { isRestart: true, columns: 66 };
    expect(await planToStart("web", world({ units: [hooked], running: ["web"] }), past)).toContain(
      `   AFTER  UNIT  DOES    WHAT                  BECAUSE
1  0 s    web   run     pre_stop: drain (in   before its stop
                        its container)        signal
2  1 s    web   stop    stop signal, then 10  a restart was asked
                        s                     for
`,
    );
  });

  test("the words of a command are quoted as a shell wants them", async () => {
    const command = ["sh", "-c", "echo task pre $SVC_HOOK"];
    const preStart = [{ ...hook, where: "task", command }] as const;
    const there = unit("web", { hooks: { preStart, postStart: [], preStop: [], postStop: [] } });
    expect(await planToStart("web", world({ units: [there], down: ["web"] }))).toContain(
      "  pre_start: sh -c 'echo task pre $SVC_HOOK' (in a one-off)  ",
    );
  });

  test("a span is measured without the hooks that were run in it, and a pull that failed is none", () => {
    const spans = measuredSpans([
      phase(0, "pulling"),
      phase(0, "waiting"),
      phase(1, "starting"),
      event(4, "pre_start", null, 3_000),
      phase(6, "up"),
      event(8, "post_start", null, 2_500),
      phase(10, "stopping"),
      event(12, "pre_stop", null, 2_000),
      phase(13, "down"),
    ]);
    const slow = { ...hooked, ready: { how: "tcp", host: null, port: 80 } as const };
    expect(spans.isGuess("web", "pull")).toBe(true);
    expect(spans.takes(slow, "launch") + spans.takes(slow, "ready")).toBe(2_000);
    expect(spans.takes(slow, "stop")).toBe(1_000);
    expect(
      ["preStart", "postStart", "preStop", "postStop"].map((when) => spans.takes(slow, when as "preStart")),
    ).toEqual([3_000, 2_500, 2_000, 1_000]);
    expect(["start", "stop", "pre_start", "post_stop"].filter((what) => spans.isGuess("web", what as "start"))).toEqual(
      ["post_stop"],
    );
    expect(measuredSpans([event(9, "pulled", null, 7_000)]).takes(slow, "pull")).toBe(7_000);
  });

  test("one that svc found running when it came was not started then", () => {
    const spans = measuredSpans([phase(0, "starting"), { ...phase(1, "up"), since: new Date(0).toISOString() }]);
    expect(spans.isGuess("web", "start")).toBe(true);
  });

  test("what is measured and what is guessed is told of each", async () => {
    const there = world({ units: [unit("web")], running: ["web"] });
    const start = [phase(0, "starting"), phase(2, "up")];
    expect(await planToStart("web", there, { isRestart: true, events: start })).toContain(
      "as measured in earlier runs, but a guess for the stop of web, not seen yet; in the end: web up\n",
    );
    const both = [...start, phase(5, "stopping"), phase(6, "down")];
    expect(await planToStart("web", there, { isRestart: true, events: both })).toContain(
      "as measured in earlier runs; in the end: web up\n",
    );
  });
});
