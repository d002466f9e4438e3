import fc from "fast-check";
import { expect, test } from "vitest";
import { widthOf } from "../../../../src/cli/show/table.ts";
import { draw } from "../../../../src/cli/top/draw.ts";
import { textOf } from "../../../../src/cli/top/screen.ts";
import { orders, type TopState } from "../../../../src/cli/top/state.ts";
import type { LogLine } from "../../../../src/control/request.ts";
import { phases } from "../../../../src/unit/phase.ts";
import { after, opened, screen, time, used } from "./support/screens.ts";

const few = [
  used("antisocial", {
    cpuPercent: 12.34,
    memoryBytes: 129 << 20,
    memoryLimitBytes: 512 << 20,
    lastLine: "GET /page/17 200 in 3 ms by 10.0.0.1",
  }),
  used("postfix", {
    since: "2026-11-25T08:00:00.000Z",
    memoryBytes: 9_543_000,
    lastLine: "\x1b[33mwarn\x1b[0m:\tfull\x07",
  }),
  used("worker", {
    phase: "backoff",
    because: "exit 1, it is started again in 4 s",
    restarts: 17,
    cpuPercent: null,
    memoryBytes: null,
    lastLine: "日本語のとても長い行がここにあります",
  }),
];

test("80x24", () => {
  expect(screen(after(opened(few), "<down><down>").state)).toBe(
    `svc top 12:00:00Z  3 units  2 up  1 backoff  cpu 12.3 %  memory 138M  by name
 UNIT       PHASE      SINCE CPU %      MEMORY RESTARTS LAST LINE
 antisocial up          60 s  12.3   129M/512M        0 GET /page/17 200 in 3 ms
 postfix    up           4 h   0.0        9.1M        0 warn: full?
>worker     backoff     60 s     -           -       17 日本語のとても長い行がこ
${"\n".repeat(16)}
worker: backoff: exit 1, it is started again in 4 s
? help  q quit  s start  x stop  r restart  l log  / filter  o order`,
  );
});

test("40x10: what has no room is left out", () => {
  expect(screen(opened(few, 40, 10))).toBe(
    `svc top 12:00:00Z  3 units  2 up
 UNIT       PHASE    CPU % MEMORY
>antisocial up        12.3   129M
 postfix    up         0.0   9.1M
 worker     backoff      -      -



antisocial: up: it is ready
? help  q quit  s start  x stop`,
  );
});

test("a name that has no room is marked where it is cut", () => {
  const rows = screen(opened([used("antisocial-worker-of-the-night")], 40, 6)).split("\n");
  expect(rows[2]).toBe(">antisocial-work… up         0.0   1.0M");
});

test("200x60, 200 units: what is selected is seen", () => {
  const many = Array.from({ length: 200 }, (_, at) =>
    used(`unit-${String(at).padStart(3, "0")}`, { lastLine: `line ${at}` }),
  );
  const rows = screen(after(opened(many, 200, 60), "<pagedown><pagedown><pagedown>").state).split("\n");
  expect(rows.length).toBe(60);
  expect([...rows.slice(0, 3), rows.find((row) => row.startsWith(">")), ...rows.slice(-3)]).toEqual([
    "svc top 12:00:00Z  200 units  138-193 of 200  200 up  cpu 0.0 %  memory 200M  by name",
    " UNIT     PHASE      SINCE CPU %      MEMORY RESTARTS LAST LINE",
    " unit-137 up          60 s   0.0        1.0M        0 line 137",
    ">unit-165 up          60 s   0.0        1.0M        0 line 165",
    " unit-192 up          60 s   0.0        1.0M        0 line 192",
    "unit-165: up: it is ready",
    "? help  q quit  s start  x stop  r restart  l log  / filter  o order",
  ]);
});

test("without units, and without one that the filter lets through, it says so", () => {
  expect(screen(opened([], 80, 5))).toBe(
    `svc top 12:00:00Z  0 units  cpu 0.0 %  memory 0B  by name
 UNIT     PHASE      SINCE CPU %      MEMORY RESTARTS LAST LINE
there are no units; svc status tells where to write one

? help  q quit  s start  x stop  r restart  l log  / filter  o order`,
  );
  expect(screen(after(opened(few, 80, 5), "/nosuch").state)).toBe(
    `svc top 12:00:00Z  "nosuch": 0  3 units  2 up  1 backoff  cpu 12.3 %
 UNIT     PHASE      SINCE CPU %      MEMORY RESTARTS LAST LINE
no unit's name holds "nosuch"

/nosuch_`,
  );
});

test("while svc is away the last values stay, grey, and the reason stands above", () => {
  const { state } = after(opened(few, 80, 6), { what: "away", words: "svc is not running" });
  expect(screen(state)).toBe(
    `svc top 12:00:00Z  svc is not running; trying again
 UNIT       PHASE      SINCE CPU %      MEMORY RESTARTS LAST LINE
>antisocial up          60 s  12.3   129M/512M        0 GET /page/17 200 in 3 ms
 postfix    up           4 h   0.0        9.1M        0 warn: full?
antisocial: up: it is ready
? help  q quit  s start  x stop  r restart  l log  / filter  o order`,
  );
  const styles = new Set(
    draw(state)[3]
      ?.filter(({ text }) => text.trim() !== "")
      .map(({ style }) => style),
  );
  expect([...styles]).toEqual(["90"]);
});

test("phases have the colours of svc list, and what is selected is reversed", () => {
  const [, , first = [], , third = []] = draw(opened(few));
  expect(first.find(({ text }) => text.trim() === "up")?.style).toBe("7;32");
  expect(third.find(({ text }) => text.trim() === "backoff")?.style).toBe("31");
});

test("a long failure has three rows, and the units those that are left", () => {
  const words = `nothing was touched; ${"the image cannot be had ".repeat(8)}`;
  const { state } = after(opened(few, 40, 8), { what: "refused", unit: "worker", words });
  expect(screen(state)).toBe(
    `svc top 12:00:00Z  3 units  1-2 of 3
 UNIT       PHASE    CPU % MEMORY
>antisocial up        12.3   129M
 postfix    up         0.0   9.1M
worker: nothing was touched; the image
cannot be had the image cannot be had
the image cannot be had the image cannot
? help  q quit  s start  x stop`,
  );
});

test("the help", () => {
  expect(screen(after(opened(few, 80, 24), "?").state)).toBe(
    `keys of svc top

up, down, k, j  select a unit; PageUp, PageDown, Home and End too
s               start it, and what it needs
x               stop it; if others need it, they are named, and stopped with it
                if you say so
r               restart it, from what the files say now
l, Enter        follow its log; q or Esc returns, up and PageUp scroll back, End
                follows again
/               show units whose name holds what you type; Ctrl-U empties it,
                Enter keeps it, Esc goes back to what was shown
Esc             show all units again
o, >, <         the next, or the last, order: name, phase, cpu, memory, restarts
Ctrl-L          draw all anew
Ctrl-Z          stop it, as any program; the shell's fg goes on
?               help
q, Ctrl-C       leave

any key returns`,
  );
});

test("whatever units are called and write, and however small the screen: no row is too wide, and none too many", () => {
  const text = fc.string({ unit: "binary", maxLength: 30 });
  const unit = fc
    .tuple(text, text, fc.constantFrom(...phases), fc.double({ min: 0, max: 1e4, noNaN: true }))
    .map(([name, lastLine, phase, cpuPercent]) => used(name, { lastLine, because: lastLine, phase, cpuPercent }));
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 20 }),
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom("", "?", "/x", "<down>x", "<down>l", "oo<pagedown>"),
      (units, columns, rows, keys) => {
        const lines = units.map((one): LogLine => ({ unit: one.name, time, stream: "out", text: one.lastLine ?? "" }));
        const logged = { what: "logged", lines } as const;
        const state: TopState = after(opened(units, columns, rows), keys, logged).state;
        const drawn = draw(state).map(textOf);
        expect(drawn.length).toBeLessThanOrEqual(rows);
        for (const row of drawn) expect(widthOf(row)).toBeLessThanOrEqual(columns);
        expect(orders).toContain(state.order);
      },
    ),
    { numRuns: 500 },
  );
});
