import { expect, test } from "vitest";
import type { LogLine, Outcome } from "../../../../src/control/request.ts";
import { after, opened, screen, time, used } from "./support/screens.ts";

const three = [
  used("app", { cpuPercent: 1, memoryBytes: 30, restarts: 2 }),
  used("db", { cpuPercent: 50, memoryBytes: 20, restarts: 0, phase: "degraded" }),
  used("web", { cpuPercent: null, memoryBytes: null, restarts: 9, phase: "failed" }),
];
const start = opened(three);
const selected = (
  ...happenings: Parameters<typeof after> extends [unknown, ...infer Rest] ? Rest : never
): string | null => after(start, ...happenings).state.selected;
const lastRows = (...happenings: Parameters<typeof selected>): string =>
  screen(after(start, ...happenings).state)
    .split("\n")
    .slice(-2)
    .join("\n");

test("the keys that select", () => {
  const cases = { "": "app", "<down>": "db", jj: "web", "<down><down><down>": "web", "jjk<up><up>": "app" };
  for (const [keys, unit] of Object.entries(cases)) expect(selected(keys)).toBe(unit);
  for (const [keys, unit] of Object.entries({
    "<end>": "web",
    "<end><home>": "app",
    "<pagedown>": "web",
    "<end><pageup>": "app",
  }))
    expect(selected(keys)).toBe(unit);
});

test("each order, forwards and backwards, keeps what is selected", () => {
  const names = (keys: string): string =>
    screen(after(start, `<down>${keys}`).state)
      .match(/^[ >](app|db|web)/gm)
      ?.join("") ?? "";
  expect(["", "o", ">>", "ooo", "oooo", "ooooo", "<", "o<"].map(names)).toEqual([
    " app>db web",
    " web>db app",
    ">db app web",
    " app>db web",
    " web app>db",
    " app>db web",
    " web app>db",
    " app>db web",
  ]);
});

test("start and restart are asked for at once, and said", () => {
  expect(after(start, "s<down>r").effects).toEqual([
    { effect: "change", change: "start", unit: "app", withDependents: false },
    { effect: "change", change: "restart", unit: "db", withDependents: false },
  ]);
  expect(lastRows("r")).toMatch(/^app is being restarted\n/);
  expect(lastRows("r<down>")).toMatch(/^db: degraded: it is ready\n/);
});

test("a stop asks first; what is needed names those that need it, and stops them too only after a yes", () => {
  const needed = { what: "needed", unit: "app", dependents: ["db", "web"] } as const;
  expect(lastRows("x")).toBe("stop app? y/n\ny yes  n no");
  expect(after(start, "xn").effects).toEqual([]);
  expect(after(start, "x<escape>").state).toEqual(start);
  expect(after(start, "xy").effects).toEqual([
    { effect: "change", change: "stop", unit: "app", withDependents: false },
  ]);
  expect(lastRows("xy", needed)).toBe("db, web need app. Stop them too? y/n\ny yes  n no");
  expect(after(start, "xy", needed, "n").effects.length).toBe(1);
  expect(after(start, "xy", needed, "y").effects[1]).toEqual({
    effect: "change",
    change: "stop",
    unit: "app",
    withDependents: true,
  });
});

test("all that would be stopped are named, however many they are, and the question is seen", () => {
  const dependents = Array.from({ length: 30 }, (_, at) => `unit-${at}`);
  const { state } = after(start, "xy", { what: "needed", unit: "app", dependents });
  const text = screen(state).replaceAll("\n", " ");
  for (const name of dependents) expect(text).toMatch(new RegExp(`${name}\\b`));
  expect(text).toContain("need app. Stop them too? y/n");
});

test("a question that comes while something else is seen is no question", () => {
  const needed = { what: "needed", unit: "app", dependents: ["db"] } as const;
  for (const keys of ["l", "/", "?"]) {
    const { state, effects } = after(start, `xy${keys}`, needed, "y");
    expect(state.view.view).not.toBe("question");
    expect(effects.filter(({ effect }) => effect === "change").length).toBe(1);
  }
  expect(lastRows("xyl", needed)).toMatch(/\napp runs on: it is needed by db$/);
});

test("what became of it is said in svc's words, until the next key", () => {
  const outcome: Outcome = {
    ok: false,
    timedOut: false,
    units: [
      { name: "db", phase: "up", because: "it is ready", ok: true },
      { name: "app", phase: "backoff", because: "exit 1", ok: false },
    ],
  };
  expect(lastRows({ what: "done", change: "start", unit: "app", outcome })).toMatch(
    /^db: started; app: backoff: exit 1\n/,
  );
  const refused = { what: "refused", unit: "web", words: "its image is gone (svc help unit image)" } as const;
  expect(lastRows(refused)).toMatch(/^web: its image is gone \(svc help unit image\)\n/);
  expect(lastRows(refused, "<down>")).toMatch(/^db: degraded/);
});

test("the filter is typed, mended, kept or given up; keys are letters meanwhile", () => {
  expect(after(start, "/wq").state.filter).toBe("wq");
  expect(selected("/w")).toBe("web");
  expect(after(start, "/wx<backspace><return>").state).toMatchObject({ filter: "w", view: { view: "units" } });
  expect(after(start, "/w<return>/b<escape>").state.filter).toBe("w");
  expect(after(start, "/w<return><escape>").state.filter).toBe("");
  // What is typed next stands in the place of what was kept.
  expect(after(start, "/w<return>/b").state.filter).toBe("b");
  expect(after(start, "/w<return>/<return>").state).toMatchObject({ filter: "", view: { view: "units" } });
  expect(after(start, "/wx<ctrl-u>b").state.filter).toBe("b");
  expect(after(start, "/nosuch<return>srxl<return>").effects).toEqual([]);
  expect(after(start, "/APP").state.selected).toBe("app");
});

test("a unit that goes leaves the mark to the one that takes its place", () => {
  const look = { time, units: three.filter(({ name }) => name !== "db") };
  expect(selected("<down>", { what: "look", look })).toBe("web");
  expect(selected("<end>", { what: "look", look: { time, units: three.slice(0, 1) } })).toBe("app");
  expect(selected({ what: "look", look: { time, units: [] } })).toBe(null);
});

test("q leaves, Ctrl-C leaves from everywhere, Ctrl-L draws anew", () => {
  expect(after(start, "q").effects).toEqual([{ effect: "quit" }]);
  for (const keys of ["", "?", "/", "x", "l"])
    expect(after(start, `${keys}<ctrl-c>`).effects.at(-1)).toEqual({ effect: "quit" });
  expect(after(start, "<ctrl-l>")).toEqual({ state: start, effects: [{ effect: "redraw" }] });
  expect(after(start, "?q")).toEqual({ state: start, effects: [] });
});

const line = (text: string, stream: LogLine["stream"] = "out"): LogLine => ({ unit: "app", time, stream, text });
const ten = { what: "logged", lines: Array.from({ length: 10 }, (_, at) => line(`line ${at}`)) } as const;
const small = opened(three, 40, 6);
const log = (...happenings: Parameters<typeof selected>): string => screen(after(small, "l", ...happenings).state);

test("a log is followed, scrolled back in, and left", () => {
  expect(after(small, "<down><return>").effects).toEqual([{ effect: "follow", unit: "db" }]);
  expect(log(ten)).toBe(
    `log of app  10 lines, following
12:00:00Z line 6
12:00:00Z line 7
12:00:00Z line 8
12:00:00Z line 9
q back  up, PageUp scroll  End follow`,
  );
  expect(log(ten, "<up><pageup>", ten)).toBe(
    `log of app  20 lines, 14 more below; End
12:00:00Z line 2
12:00:00Z line 3
12:00:00Z line 4
12:00:00Z line 5
q back  up, PageUp scroll  End follow`,
  );
  expect(log(ten, "<home>")).toContain("line 0\n");
  expect(log(ten, "<home><pagedown>")).toMatch(/line 3\n.*line 6\n/s);
  expect(log(ten, "<home><pagedown><pagedown><pagedown>")).toBe(log(ten));
  expect(log(ten, "<home><end>")).toBe(log(ten));
  expect(after(small, "l", ten, "q")).toMatchObject({
    state: { view: { view: "units" } },
    effects: [{ effect: "follow" }, { effect: "unfollow" }],
  });
});

test("lines that are longer than the screen go on in the next row; svc's own are marked", () => {
  const wide = `${"a".repeat(30)}日本${"b".repeat(20)}`;
  expect(log({ what: "logged", lines: [line("starting", "svc"), line(wide), line("\tend\x07")] })).toBe(
    `log of app  3 lines, following
12:00:00Z -- starting
12:00:00Z ${"a".repeat(30)}
          日本${"b".repeat(20)}
12:00:00Z  end?
q back  up, PageUp scroll  End follow`,
  );
});

test("when svc is back, a log that was seen is followed anew", () => {
  const away = { what: "away", words: "svc is not running" } as const;
  const back = { what: "look", look: { time, units: three } } as const;
  expect(log(ten, away)).toMatch(/\nsvc is not running$/);
  const { state, effects } = after(small, "l", ten, away, back);
  expect(state).toMatchObject({ away: null, view: { lines: [] } });
  expect(effects).toEqual([
    { effect: "follow", unit: "app" },
    { effect: "follow", unit: "app" },
  ]);
});

test("a log that is followed for days is not kept for ever", () => {
  const lines = Array.from({ length: 4_000 }, (_, at) => line(`${at}`));
  const { view } = after(small, "l", { what: "logged", lines }, "<home>", { what: "logged", lines }).state;
  expect(view.view === "log" && view.lines.length).toBe(5_000);
  expect(view.view === "log" && view.end).toBe(1);
});
