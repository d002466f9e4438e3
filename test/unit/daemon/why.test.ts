import { describe, expect, test } from "vitest";
import { showWhy } from "../../../src/cli/show/why.ts";
import type { ExitRecord, UnitStatus } from "../../../src/control/request.ts";
import { whyChain } from "../../../src/daemon/why/why.ts";
import { decide } from "../../../src/plan/decide.ts";
import { emptyWorld, freshState, type UnitState, type World } from "../../../src/plan/world.ts";
import type { Unit } from "../../../src/unit/unit.ts";
import { container, link, need, unit } from "../../support/build.ts";

/** What is shown does not depend on it. */
process.env.TZ = "America/New_York";

const date = Date.parse("2026-11-24T14:10:00Z");
/** The clock of the machine, when it is `date`. */
const now = 1_000_000;
const at = (time: string): string => new Date(`2026-11-24T${time}Z`).toISOString();
const instant = (time: string): number => now - (date - Date.parse(at(time)));
const asked = { want: "up", by: "operator", generation: 0 } as const;
const parts = (change: object = {}) => ({ unit: "u", env: "e", tag: "t", ...change });

type Tale = {
  readonly units: readonly Unit[];
  readonly states: { readonly [unit: string]: Partial<UnitState> };
  readonly records?: { readonly [unit: string]: readonly ExitRecord[] };
  readonly engine?: World["engine"];
  /** When each came into its phase. */
  readonly since?: { readonly [unit: string]: string };
  readonly stale?: readonly string[];
  readonly refused?: string;
  /** Why svc stopped each. */
  readonly stopped?: { readonly [unit: string]: string };
  readonly status?: Partial<UnitStatus>;
  readonly canRevert?: boolean;
};

/** What `svc why` prints. */
async function why(name: string, tale: Tale): Promise<string> {
  const world: World = {
    ...emptyWorld,
    engine: tale.engine ?? { state: "up" },
    units: new Map(tale.units.map((one) => [one.name, one])),
    states: new Map(Object.entries(tale.states).map(([one, state]) => [one, { ...freshState, ...state }])),
  };
  const decisions = decide(world, now);
  const since = (one: string): string => at(tale.since?.[one] ?? "14:00:00");
  const chain = await whyChain(name, {
    world,
    decisions,
    statusOf(one) {
      const decision = decisions.get(one);
      const { wish, restarts } = { ...freshState, ...tale.states[one] };
      const last = tale.records?.[one]?.at(-1) ?? null;
      return {
        name: one,
        phase: decision?.phase ?? "down",
        because: decision?.because ?? "",
        since: since(one),
        wanted: wish.want,
        wantedBy: wish.by,
        restarts,
        stale: one === name ? (tale.stale ?? []) : [],
        refused: one === name ? (tale.refused ?? null) : null,
        logProblem: null,
        lastExit: last,
        ...(one === name ? tale.status : {}),
      } as unknown as UnitStatus;
    },
    recordsOf: async (one) => tale.records?.[one] ?? [],
    unsettledSince: (one) => Date.parse(since(one)),
    whyStopped: (one) => tale.stopped?.[one] ?? null,
    canRevert: async () => tale.canRevert ?? false,
    check: "svc check",
    now,
    date,
  });
  return showWhy(chain, date);
}

function ended(name: string, time: string, change: Partial<ExitRecord> = {}): ExitRecord {
  return {
    unit: name,
    container: `${name} ${time}`,
    image: "",
    tag: "1",
    startedAt: new Date(Date.parse(at(time)) - 5_000).toISOString(),
    endedAt: at(time),
    ranFor: 5,
    code: 1,
    signal: null,
    oom: false,
    by: "itself",
    words: "exit 1",
    lastLines: [],
    parts: parts(),
    ...change,
  };
}

const running = (name: string, change = {}) => ({ container: container(`${name}.1`, change), wish: asked });
const launchOf = (tag: string) => ({ ...unit("x").launch, tag }) as Unit["launch"];

describe("svc why", () => {
  test("a change that came in with the start after a failure is not what failed", async () => {
    const made = { image: "", imageId: "", tag: "1", parts: parts({ unit: "edited" }) };
    const text = await why("db", {
      units: [unit("db", { ready: { how: "tcp", host: null, port: 5432 } })],
      states: {
        db: {
          ...running("db", { made, startedAt: instant("14:09:59"), watchedSince: instant("14:09:59") }),
          respawns: [instant("14:09:58")],
          lastExit: { words: "exit 137 (SIGKILL)", at: instant("14:09:58") },
          restarts: 1,
        },
      },
      records: { db: [ended("db", "14:09:58", { code: 137, words: "exit 137 (SIGKILL)" })] },
      since: { db: "14:09:59" },
    });
    expect(text).toMatch(/^db is being started again .*: exit 137 \(SIGKILL\)\.\n/);
  });

  test("one that waits for a link's target that keeps failing since a new TAG", async () => {
    const failing = { tag: "build-42", words: "exit 137 (SIGKILL), memory limit 64 MiB", code: 137 };
    const text = await why("antisocial", {
      units: [unit("postfix", { launch: launchOf("build-42") }), unit("antisocial", { needs: [link("postfix")] })],
      states: {
        antisocial: { wish: asked },
        postfix: {
          wish: asked,
          respawns: ["14:02:10", "14:02:20", "14:02:31"].map(instant),
          backoff: { streak: 1, until: now + 1_000, delayMs: 1_000 },
          lastExit: { words: failing.words, at: instant("14:02:31") },
        },
      },
      records: {
        postfix: [
          ended("postfix", "14:01:00", { tag: "build-41", by: "asked", words: "exit 0", code: 0 }),
          ended("postfix", "14:02:10", failing),
          ended("postfix", "14:02:20", failing),
          ended("postfix", "14:02:31", { ...failing, lastLines: ["1", "2", "3", "4", "5", "cannot listen"] }),
        ],
      },
      since: { antisocial: "14:02:11", postfix: "14:02:31" },
    });
    expect(text).toBe(
      `antisocial is waiting since 14:02:11Z because it links to postfix; postfix is in back-off (3 of 10) since 14:02:10Z: exit 137 (SIGKILL), memory limit 64 MiB, after tag build-41 -> build-42 at 14:02:05Z.

antisocial: waiting since 14:02:11Z: it needs postfix, which keeps failing: exit 137 (SIGKILL), memory limit 64 MiB
  └ postfix: backoff
      last exit at 14:02:31Z: exit 137 (SIGKILL), memory limit 64 MiB (by itself)
      what it wrote last:
        2
        3
        4
        5
        cannot listen
      next try at 14:10:01Z

next: svc logs -n 50 postfix; mend it or put the change back, then: svc restart postfix
`,
    );
  });

  const tied = [
    unit("postfix"),
    unit("site", { needs: [link("postfix")] }),
    unit("worker", { needs: [link("postfix")], after: ["site"] }),
  ];
  const killed = { code: 137, words: "exit 137 (SIGKILL)", by: "external" } as const;

  test("one that stops because what it links to was replaced: what was replaced is well, and its end is the cause", async () => {
    const bound = { postfix: "postfix.0" };
    const text = await why("site", {
      units: tied,
      states: {
        postfix: running("postfix", { startedAt: instant("14:09:50"), watchedSince: instant("14:09:50") }),
        site: running("site", { bound }),
        worker: running("worker", { bound }),
      },
      records: { postfix: [ended("postfix", "14:09:49", killed)] },
      since: { site: "14:09:51", worker: "14:09:51", postfix: "14:09:51" },
    });
    expect(text).toBe(
      `site is stopping since 14:09:51Z because it stops after worker; worker is stopping since 14:09:51Z because it links to postfix; postfix was replaced at 14:09:50Z, after exit 137 (SIGKILL).

site: stopping since 14:09:51Z: worker, which starts after it, stops first
  └ worker: stopping since 14:09:51Z: postfix, which it is tied to, was replaced
    └ postfix: up
        last exit at 14:09:49Z: exit 137 (SIGKILL) (somebody ended it through the engine)

next: svc events -f worker
`,
    );
  });

  test("afterwards it is told why svc stopped it", async () => {
    const text = await why("site", {
      units: tied,
      states: { postfix: running("postfix"), site: running("site", { bound: { postfix: "postfix.1" } }) },
      records: { site: [ended("site", "14:09:51", { code: 143, words: "exit 143 (SIGTERM)", by: "asked" })] },
      stopped: { site: "postfix, which it is tied to, was replaced" },
    });
    expect(text).toBe(
      `site is up since 14:00:00Z: it is ready.

  last exit at 14:09:51Z: exit 143 (SIGTERM) (svc stopped it: postfix, which it is tied to, was replaced)
`,
    );
  });

  test("one that the engine refuses to link to what keeps failing: that is the cause", async () => {
    const message = "Cannot link to a non running container: /postfix AS /x/postfix";
    const text = await why("site", {
      units: tied.slice(0, 2),
      states: {
        site: { wish: asked, trouble: { kind: "cannot-start", message, times: 2, until: now + 5_000 } },
        postfix: {
          wish: asked,
          respawns: [instant("14:09:00")],
          backoff: { streak: 1, until: now + 1_000, delayMs: 1_000 },
          lastExit: { words: "exit 1", at: instant("14:09:00") },
        },
      },
      records: { postfix: [ended("postfix", "14:09:00")] },
    });
    expect(text.split("\n")[0]).toBe(
      "site is in back-off (2) since 14:00:00Z because it links to postfix; postfix is in back-off (1 of 10) since 14:09:00Z: exit 1.",
    );
    expect(text).toContain(`\nsite: backoff since 14:00:00Z: ${message}\n`);
    expect(text).toContain("\nnext: svc logs -n 50 postfix; then: svc start postfix\n");
  });

  test("one that somebody paused", async () => {
    const text = await why("web", { units: [unit("web")], states: { web: running("web", { state: "paused" }) } });
    expect(text).toContain("\nnext: docker unpause web\n");
  });

  test("one whose unit file is gone, and that is degraded: a restart would be refused", async () => {
    const gone = { ok: false, code: "missing-unit-file", message: "", hint: "write web.yml again" } as const;
    const text = await why("web", {
      units: [unit("web", { launch: gone, needs: [need("db")] }), unit("db")],
      states: { web: running("web") },
      stale: ["its unit file is gone"],
      refused: "its unit file is gone",
    });
    expect(text).toContain("  a restart would be refused: its unit file is gone\n");
    expect(text).not.toContain("bring in");
  });

  test("a bad tag is put back by a revert where there is one, else by hand", async () => {
    const badTag = { app: "web", tag: "bad", former: "good" };
    const tale = { units: [unit("web")], states: {}, status: { phase: "failed", because: "held", badTag } } as const;
    expect(await why("web", { ...tale, canRevert: true })).toContain(
      "\nnext: svc revert web puts REVERT back; svc start web tries bad again\n",
    );
    expect(await why("web", tale)).toContain(
      "\nnext: svc deploy web good puts the tag before it back; svc start web tries bad again\n",
    );
  });

  test("one that nobody asked for and that is enabled is started at the next boot", async () => {
    const status = { because: "nobody asked for it", wanted: "down", wantedBy: "nobody", enabled: true } as const;
    expect(await why("web", { units: [unit("web")], states: {}, status })).toBe(
      `web is down since 14:00:00Z: nobody asked for it yet; it is enabled: svc starts it when the host boots, or svc itself is started anew.

next: svc start web
`,
    );
  });

  test("one that is invalid", async () => {
    const status = { phase: "invalid", because: '/units/web.yml:2:1: unknown key "restrat"' } as const;
    expect(await why("web", { units: [], states: {}, status })).toContain("\nnext: svc check\n");
  });

  test("one that was never started", async () => {
    expect(await why("web", { units: [unit("web")], states: {}, since: { web: "14:00:00" } })).toBe(
      `web is down since 14:00:00Z: nobody asked for it.

next: svc start web
`,
    );
  });

  test("one that is up, and stale", async () => {
    const text = await why("web", { units: [unit("web")], states: { web: running("web") }, stale: ["tag 1 -> 2"] });
    expect(text).toBe(
      `web is up since 14:00:00Z: it is ready.

  a restart would bring in: tag 1 -> 2

next: svc restart web
`,
    );
  });

  test("one that is degraded, through a chain of three", async () => {
    const units = [
      unit("db"),
      unit("mail", { needs: [need("db")] }),
      unit("site", { needs: [need("mail")], after: ["db"] }),
    ];
    const states = {
      site: running("site"),
      mail: { wish: asked },
      db: { wish: { ...asked, want: "down" } as const, lastExit: null },
    };
    const records = { db: [ended("db", "13:59:00", { by: "asked", words: "exit 0" })] };
    expect(await why("site", { units, states, records })).toBe(
      `site is degraded since 14:00:00Z because it needs mail; mail is waiting since 14:00:00Z because it needs db; db is down since 14:00:00Z: operator asked for it to be down.

site: degraded since 14:00:00Z: it runs, but mail, which it needs, is not ready
  └ mail: waiting since 14:00:00Z: it needs db, which is down
    └ db: down
        last exit at 13:59:00Z: exit 0 (svc stopped it)

next: svc start db
`,
    );
  });

  test("one that is refused since its env file changed", async () => {
    const text = await why("web", {
      units: [unit("web", { launch: { ...unit("web").launch, parts: parts({ env: "other" }) } as Unit["launch"] })],
      states: {
        web: {
          wish: asked,
          trouble: { kind: "cannot-start", message: "port 80 is taken", times: 4, until: now + 5_000 },
        },
      },
      records: { web: [ended("web", "14:08:00", { by: "asked", words: "exit 0" })] },
      since: { web: "14:08:01" },
    });
    expect(text.split("\n")[0]).toBe(
      "web is in back-off (4) since 14:08:01Z: port 80 is taken, after env file changed at 14:08:01Z.",
    );
    expect(text).toContain("next: svc logs -n 50 web; mend it or put the change back, then: svc restart web\n");
  });

  test("while its files are wrong a start is refused: svc check comes first", async () => {
    const stale = ["its unit file has errors now; the last good one is in force"];
    const refused = "its unit file has errors";
    const up = { units: [unit("web")], states: { web: running("web") }, stale, refused };
    expect(await why("web", up)).toContain("\nnext: svc check; mend it, then: svc restart web\n");
    expect(await why("web", { ...up, states: {} })).toContain("\nnext: svc check; mend it, then: svc start web\n");
    const gone = { ok: false, code: "missing-unit-file", message: "", hint: "write web.yml again" } as const;
    const orphan = { ...up, units: [unit("web", { launch: gone })] };
    expect(await why("web", orphan)).toContain("\nnext: write web.yml again\n");
  });

  test("a restart that is refused brings nothing in", async () => {
    const refused = "its unit file has errors";
    const stale = ["its unit file has errors now; the last good one is in force"];
    expect(await why("web", { units: [unit("web")], states: { web: running("web") }, stale, refused })).toBe(
      `web is up since 14:00:00Z: it is ready.

  a restart would be refused: its unit file has errors

next: svc check; mend it, then: svc restart web
`,
    );
  });

  test("for an image that cannot be had it does not help to wait", async () => {
    const message = "cannot pull reg.example:5000/web:1: connection refused";
    const trouble = { kind: "pull-failed", message, times: 4, until: now + 5_000 } as const;
    const web = unit("web", { launch: { ...unit("web").launch, image: "reg.example:5000/web:1" } as Unit["launch"] });
    expect(await why("web", { units: [web], states: { web: { wish: asked, trouble } } })).toBe(
      `web is waiting (4) since 14:00:00Z: cannot pull reg.example:5000/web:1: connection refused.

  next try at 14:10:05Z

next: put the image's name right (in /units/web.yml, or its tag in /var/www/web/TAG where there is one), or: docker login reg.example:5000; then: svc start web
`,
    );
  });

  test("of one that is well again after it failed no change is told", async () => {
    const records = { web: [ended("web", "13:59:00", { tag: "0" }), ended("web", "14:01:00")] };
    const state = { ...running("web"), restarts: 1, respawns: [instant("14:01:00")] };
    const text = await why("web", { units: [unit("web")], states: { web: state }, records });
    expect(text.split("\n")[0]).toBe("web is up since 14:00:00Z: it is ready.");
    expect(text).not.toContain("changed");
  });

  test("a failure long after the last change is not laid at its door", async () => {
    const text = await why("web", {
      units: [unit("web")],
      states: {
        web: {
          wish: asked,
          respawns: [instant("14:09:00")],
          backoff: { streak: 1, until: now + 1_000, delayMs: 1_000 },
          lastExit: { words: "exit 1", at: instant("14:09:00") },
        },
      },
      records: {
        web: [ended("web", "12:00:00", { tag: "0" }), ended("web", "14:09:00", { startedAt: at("12:00:01") })],
      },
    });
    expect(text.split("\n")[0]).toBe("web is in back-off (1 of 10) since 14:09:00Z: exit 1.");
  });

  test("of an engine that does not answer it is told last", async () => {
    const engine = { state: "away", since: instant("14:05:00") } as const;
    expect(await why("web", { units: [unit("web")], states: { web: running("web") }, engine })).toBe(
      `web is degraded since 14:00:00Z because the engine does not answer.

web: degraded since 14:00:00Z: the engine does not answer; it ran when last seen
  └ the engine does not answer, since 14:05:00Z

next: systemctl status docker; journalctl -u docker -n 50
`,
    );
  });
});
