import type { Plan } from "../../control/request.ts";
import type { Call } from "../../plan/call.ts";
import type { Foreseen } from "../../plan/foresee.ts";
import type { World } from "../../plan/world.ts";
import type { Phase } from "../../unit/phase.ts";
import { publishedPorts } from "../../unit/published-ports.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Spans } from "./measured-spans.ts";

type Step = Plan["steps"][number];

/** What is foreseen as people want to know it; what would happen without the command too is left out. */
export function summarize(
  foreseen: Foreseen,
  anyway: Foreseen,
  about: {
    readonly world: World;
    readonly from: number;
    readonly named: readonly string[];
    readonly isGuess: Spans["isGuess"];
  },
): Plan {
  const { world, from, named } = about;
  const seconds = (at: number): number => Math.round(at - from) / 1000;
  const [calls, callsAnyway] = [callsByUnit(foreseen), callsByUnit(anyway)];
  const steps = foreseen.steps
    .filter(({ unit, call }) => calls.get(unit) !== callsAnyway.get(unit) && call.call !== "release")
    .map(({ at, unit, call, because }) => ({
      at: seconds(at),
      unit,
      ...wordsOf(call, world.units.get(unit)),
      because,
    }));
  const meanwhile = [...foreseen.phases].flatMap(([unit, phases]) => awayOf(unit, phases, foreseen, seconds));
  const moved = [...new Set(steps.map(({ unit }) => unit))];
  // Where nothing is to be done it is told how things are.
  const touched = moved.length > 0 ? moved : named;
  const ends = touched.map((unit) => ({ unit, phase: foreseen.phases.get(unit)?.at(-1)?.phase ?? "down" }));
  return {
    steps,
    meanwhile,
    darkPorts: meanwhile
      .filter(isDark)
      .flatMap(({ unit, from, until }) => portsOf(world.units.get(unit)).map((port) => ({ port, unit, from, until }))),
    inTheEnd: ends,
    takes: Math.max(0, ...steps.map(({ at }) => at), ...ends.map(({ unit }) => restOf(unit))),
    guessed: moved.filter((unit) =>
      steps.some((step) => step.unit === unit && isSpan(step.does) && about.isGuess(unit, step.does)),
    ),
  };

  function restOf(unit: string): number {
    return seconds(foreseen.phases.get(unit)?.at(-1)?.at ?? from);
  }
}

/** Removing takes no time worth measuring, and a kill none. */
function isSpan(does: Step["does"]): does is "pull" | "start" | "stop" {
  return does === "pull" || does === "start" || does === "stop";
}

function callsByUnit({ steps }: Foreseen): ReadonlyMap<string, string> {
  const calls = new Map<string, string>();
  for (const { unit, call } of steps) calls.set(unit, `${calls.get(unit) ?? ""} ${call.call}`);
  return calls;
}

function wordsOf(call: Call, unit: Unit | undefined): Pick<Step, "does" | "what"> {
  const image = unit?.launch.ok ? unit.launch.image : "";
  switch (call.call) {
    case "pull":
      return { does: "pull", what: call.image };
    case "launch":
      return { does: "start", what: image };
    case "signal":
      return { does: "stop", what: `${unit?.stopSignal ?? "stop signal"}, then ${(unit?.stopGraceMs ?? 0) / 1000} s` };
    case "kill":
    case "release":
      return { does: "kill", what: "SIGKILL" };
    case "remove":
      return { does: "remove", what: "the container that has ended" };
    case "put-back":
      return { does: "revert", what: `TAG says ${call.to} again` };
    default:
      return call satisfies never;
  }
}

/** From when it leaves `up` until it is up again. */
function awayOf(
  unit: string,
  phases: readonly { readonly at: number; readonly phase: Phase }[],
  { steps }: Foreseen,
  seconds: (at: number) => number,
): Plan["meanwhile"] {
  const [first, ...rest] = phases;
  const [leaves] = rest;
  if (first?.phase !== "up" || !leaves) return [];
  // While it waits for those that go before it, it works.
  const signalled = steps.find((step) => step.unit === unit && step.call.call === "signal");
  const from = leaves.phase === "stopping" && signalled ? signalled.at : leaves.at;
  const back = rest.findLast(({ phase }) => phase === "up" || phase === "done");
  const isBack = back !== undefined && rest.at(-1) === back;
  const through = [...new Set(rest.map(({ phase }) => phase))].filter((phase) => phase !== "up");
  return [{ unit, from: seconds(from), until: isBack ? seconds(back.at) : null, phases: through }];
}

/** One that is only degraded still answers. */
function isDark({ phases }: Plan["meanwhile"][number]): boolean {
  return phases.some((phase) => phase !== "degraded");
}

function portsOf(unit: Unit | undefined): readonly string[] {
  return (unit ? publishedPorts(unit) : []).map(
    ({ ip, port, protocol }) => `${ip === "" ? "" : `${ip}:`}${port ?? "any"}/${protocol}`,
  );
}
