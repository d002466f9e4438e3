import type { Ask, Plan } from "../../control/request.ts";
import { withDependents, withNeeds } from "../../graph/closure.ts";
import { foresee } from "../../plan/foresee.ts";
import { stateOf, type World, withState } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import type { Daemon } from "../context.ts";
import { doubtsAbout } from "../foresight/doubts.ts";
import { measuredSpans, type Spans } from "../foresight/measured-spans.ts";
import { summarize } from "../foresight/summarize.ts";
import { newNeeds } from "./reload.ts";
import { isPulledFirst, unitsToRestart, wishesToRestart } from "./restart.ts";
import { wishesToStart } from "./start.ts";
import { wishesToStop } from "./stop.ts";
import { refuseWhileAway, type Wishes } from "./wish-and-wait.ts";

/** How far back it is told how starts ended. */
const startsRead = 50;

/** What a command would do, by the very wishes that it would make. Unit files are read, the engine is asked for images; no more. */
export async function plan(ask: Ask<"plan">, daemon: Daemon): Promise<Plan> {
  refuseWhileAway(daemon, "what it will hold when it is back is not known");
  const { names, facts } = await wishesOf(ask, daemon);
  const { supervisor, clock, events } = daemon;
  const { world } = supervisor;
  const concerned = withDependents(withNeeds(names, world.units), world.units);
  const images = await imagesOf(concerned, daemon);
  const spans = measuredSpans(events.since(0));
  const imagined = {
    takes: spans.takes,
    hasHealthcheck: (unit: Unit) => hasHealthcheck(unit, world, images.get(unit.name) ?? null),
  };
  const now = clock.now();
  const missing = concerned.filter((name) => images.get(name) === "missing");
  // A restart brings the images of what runs before it touches anything.
  const first = ask.command === "restart" ? missing.filter((name) => isPulledBefore(name, daemon)) : [];
  const start = missing
    .filter((name) => !first.includes(name))
    .reduce((there, name) => withState(there, name, { missingImage: imageOf(name, there) }), world);
  const foreseen = foresee(start, facts, now, imagined);
  const doubts = await doubtsAbout(concerned, {
    world,
    now,
    takes: spans.takes,
    recordsOf: (name) => daemon.records.read(name, startsRead),
    isImageMissing: (name) => missing.includes(name),
  });
  const summary = summarize(foreseen, foresee(start, [], now, imagined), {
    world,
    from: now,
    named: names,
    spans,
    doubts,
  });
  return afterPulls(first, summary, spans, world);
}

async function wishesOf(ask: Ask<"plan">, daemon: Daemon): Promise<Pick<Wishes, "names" | "facts">> {
  const { command, names = [], ...options } = ask;
  switch (command) {
    case "start":
      return wishesToStart({ ...options, names }, daemon);
    case "stop":
      return wishesToStop({ ...options, names }, daemon);
    case "restart":
      return wishesToRestart(await unitsToRestart(names, daemon), options, daemon);
    case "reload": {
      await daemon.source.read();
      const facts = newNeeds(daemon);
      return { names: facts.map(({ unit }) => unit), facts };
    }
    default:
      return command satisfies never;
  }
}

type ImageNow = "missing" | "with healthcheck" | "without healthcheck";

async function imagesOf(names: readonly string[], daemon: Daemon): Promise<ReadonlyMap<string, ImageNow>> {
  const { world } = daemon.supervisor;
  const looked = new Map<string, Promise<ImageNow>>();
  const all = await Promise.all(
    names.map(async (name) => {
      const image = imageOf(name, world);
      if (image === null) return null;
      const look = looked.get(image) ?? lookAt(image, daemon);
      looked.set(image, look);
      return [name, await look] as const;
    }),
  );
  return new Map(all.filter((one) => one !== null));
}

async function lookAt(image: string, { engine }: Daemon): Promise<ImageNow> {
  const detail = await engine.image(image);
  if (detail === null) return "missing";
  return detail.hasHealthcheck ? "with healthcheck" : "without healthcheck";
}

function imageOf(name: string, { units }: World): string | null {
  const launch = units.get(name)?.launch;
  return launch?.ok ? launch.image : null;
}

/** What the unit says counts; else what its image has; of a missing image, what its last container had. */
function hasHealthcheck(unit: Unit, world: World, image: ImageNow | null): boolean {
  const body = unit.launch.ok ? unit.launch.create.body : null;
  const own = (body as { readonly Healthcheck?: { readonly Test?: readonly string[] } } | null)?.Healthcheck?.Test;
  if (own !== undefined && own.length > 0) return own[0] !== "NONE";
  if (image !== null && image !== "missing") return image === "with healthcheck";
  return (stateOf(world, unit.name).container?.health ?? "none") !== "none";
}

function isPulledBefore(name: string, daemon: Daemon): boolean {
  const unit = daemon.supervisor.world.units.get(name);
  return unit !== undefined && isPulledFirst(unit, daemon);
}

/** The same plan with these images brought first, one after the other. */
function afterPulls(names: readonly string[], plan: Plan, { takes, isGuess }: Spans, world: World): Plan {
  let at = 0;
  const pulls: Plan["steps"][number][] = [];
  for (const unit of names) {
    const what = imageOf(unit, world) ?? "";
    pulls.push({ at, unit, does: "pull", what, because: "its image is brought before anything is touched" });
    const known = world.units.get(unit);
    at += known ? takes(known, "pull") / 1000 : 0;
  }
  const later = <T extends { readonly from: number; readonly until: number | null }>(one: T): T => ({
    ...one,
    from: one.from + at,
    until: one.until === null ? null : one.until + at,
  });
  return {
    ...plan,
    steps: [...pulls, ...plan.steps.map((step) => ({ ...step, at: step.at + at }))],
    meanwhile: plan.meanwhile.map(later),
    darkPorts: plan.darkPorts.map(later),
    takes: plan.takes + at,
    guessed: [
      ...names.filter((name) => isGuess(name, "pull")).map((unit) => ({ unit, what: ["pull"] })),
      ...plan.guessed,
    ],
  };
}
