import { describe, expect, test } from "vitest";
import { showPlan } from "../../../src/cli/show/plan.ts";
import type { ExitRecord } from "../../../src/control/request.ts";
import { doubtsAbout } from "../../../src/daemon/foresight/doubts.ts";
import { measuredSpans } from "../../../src/daemon/foresight/measured-spans.ts";
import { summarize } from "../../../src/daemon/foresight/summarize.ts";
import type { Fact } from "../../../src/plan/fact.ts";
import { foresee } from "../../../src/plan/foresee.ts";
import type { World } from "../../../src/plan/world.ts";
import { need, unit, world } from "../../support/build.ts";

const now = 100_000;

type Past = {
  readonly records?: { readonly [unit: string]: readonly ExitRecord[] };
  readonly missing?: readonly string[];
};

/** What `svc start NAME --plan` prints. */
async function planToStart(name: string, there: World, past: Past = {}): Promise<string> {
  const spans = measuredSpans([]);
  const imagined = { takes: spans.takes, hasHealthcheck: () => false };
  const start: Fact = {
    fact: "wished",
    unit: name,
    wish: { want: "up", by: "operator", generation: 0 },
    anew: true,
  };
  const doubts = await doubtsAbout([...there.units.keys()], {
    world: there,
    now,
    takes: spans.takes,
    recordsOf: async (one) => past.records?.[one] ?? [],
    isImageMissing: (one) => past.missing?.includes(one) ?? false,
  });
  const about = { world: there, from: now, named: [name], isGuess: () => false, doubts };
  const plan = summarize(foresee(there, [start], now, imagined), foresee(there, [], now, imagined), about);
  return showPlan(plan, `svc start ${name}`, false);
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

takes about 1.4 s, as measured in earlier runs; in the end: web not up, as far as is known
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

  test("one that the operator stopped after it failed over and over", async () => {
    const there = world({ units: [unit("web")], down: ["web"] });
    const text = await planToStart("web", there, { records: { web: [ended(2), ended(1), ended(4)] } });
    expect(text).toContain(
      "  web is not expected to be up: it ended within 4 s of each of its last 3 starts: exit 9\n",
    );
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

  test("one that is steady is up, whatever was before", async () => {
    const up = world({ units: [unit("web")], running: ["web"] });
    expect(await planToStart("web", up, { records: { web: [ended(2)] } })).toBe(
      "nothing would be done; in the end: web up\n",
    );
  });
});
