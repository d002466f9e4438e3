import type { Plan } from "../../control/request.ts";
import type { Call } from "../../plan/call.ts";
import type { Foreseen } from "../../plan/foresee.ts";
import { quoteWords } from "../../unit/docker-run/to-command-line.ts";
import { hookKeys } from "../../unit/hooks.ts";
import type { Hook, HookTime, Unit } from "../../unit/unit.ts";
import type { Measured, Spans } from "./measured-spans.ts";

/** A step of a plan; `span`: what of it is measured. Removing takes no time worth measuring, and a kill none. */
type Deed = Plan["steps"][number] & { readonly span: Measured | null };

/** What a call comes to: itself, and the unit's hooks before or after it. */
export function deedsOf(
  { at, unit: name, call, because, hooks }: Foreseen["steps"][number],
  unit: Unit | undefined,
  takes: Spans["takes"],
): readonly Deed[] {
  const own = { unit: name, ...wordsOf(call, unit), because };
  if (!unit) return [{ at, ...own }];
  const first = hooks === null ? [] : [hookDeed(unit, hooks, at)];
  const heardAt = hooks === null ? at : at + takes(unit, hooks);
  const isFollowed = call.call === "launch" && unit.hooks.postStart.length > 0;
  const last = isFollowed ? [hookDeed(unit, "postStart", heardAt + takes(unit, "launch"))] : [];
  return [...first, { at: heardAt, ...own }, ...last];
}

function hookDeed(unit: Unit, when: HookTime, at: number): Deed {
  const what = `${hookKeys[when]}: ${unit.hooks[when].map(hookWords).join("; ")}`;
  return { at, unit: unit.name, does: "run", what, because: hookReasons[when], span: hookKeys[when] };
}

const hookReasons: { readonly [when in HookTime]: string } = {
  preStart: "before it is started",
  postStart: "when it runs; nothing waits for it",
  preStop: "before its stop signal",
  postStop: "after its end",
};

const longestWords = 60;

/** One that is long, or a script of several lines, is cut. */
function hookWords({ command, where }: Hook): string {
  // A line for the shell stands as it was written.
  const line = (command.length === 1 ? command.join("") : quoteWords(command)).replaceAll(/\s+/g, " ").trim();
  const words = line.length > longestWords ? `${line.slice(0, longestWords - 1)}…` : line;
  return where === "host" ? words : `${words} (in ${where === "task" ? "a one-off" : "its container"})`;
}

function wordsOf(call: Call, unit: Unit | undefined): Pick<Deed, "does" | "what" | "span"> {
  const image = unit?.launch.ok ? unit.launch.image : "";
  switch (call.call) {
    case "pull":
    case "fetch":
      return { does: "pull", what: call.image, span: "pull" };
    case "launch":
      return { does: "start", what: image, span: "start" };
    case "signal": {
      const grace = `${unit?.stopSignal ?? "stop signal"}, then ${(unit?.stopGraceMs ?? 0) / 1000} s`;
      return { does: "stop", what: grace, span: "stop" };
    }
    case "kill":
    case "release":
      return { does: "kill", what: "SIGKILL", span: null };
    case "remove":
      return { does: "remove", what: "the container that has ended", span: null };
    case "put-back":
      return { does: "revert", what: `TAG says ${call.to} again`, span: null };
    default:
      return call satisfies never;
  }
}
