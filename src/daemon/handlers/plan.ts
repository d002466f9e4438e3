import type { Ask, Plan } from "../../control/request.ts";
import { withDependents, withNeeds } from "../../graph/closure.ts";
import { foresee } from "../../plan/foresee.ts";
import { stateOf, type World, withState } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import { refuseNeverPulled } from "../bring-image.ts";
import type { Daemon } from "../context.ts";
import { doubtsAbout } from "../foresight/doubts.ts";
import { foreseeHandOvers } from "../foresight/foresee-hand-overs.ts";
import { measuredSpans, type Spans } from "../foresight/measured-spans.ts";
import { summarize } from "../foresight/summarize.ts";
import { newNeeds } from "./reload.ts";
import { runsNow, unitsToHandOver, unitsToRestart, wishesToRestart } from "./restart.ts";
import { wishesToStart } from "./start.ts";
import { wishesToStop } from "./stop.ts";
import { refuseWhileAway, type Wishes } from "./wish-and-wait.ts";

/** How far back it is told how starts ended. */
const startsRead = 50;

/** What a command would do, by the very wishes that it would make. Unit files are read, the engine is asked for images; no more. */
export async function plan(ask: Ask<"plan">, daemon: Daemon): Promise<Plan> {
  refuseWhileAway(daemon, "what it will hold when it is back is not known");
  const { names, facts, handedOver } = await wishesOf(ask, daemon);
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
  const restarted = ask.command === "restart" ? names : [];
  const first = missing.filter((name) => restarted.includes(name) && isBroughtBefore(name, daemon));
  const start = missing
    .filter((name) => !first.includes(name))
    .reduce((there, name) => withState(there, name, { missingImage: imageOf(name, there) }), world);
  const before = foreseeHandOvers(handedOver, start, { now, imagined, spans });
  const foreseen = foresee(before.world, facts, now, imagined);
  const doubts = await doubtsAbout(concerned, {
    world,
    now,
    takes: spans.takes,
    recordsOf: (name) => daemon.records.read(name, startsRead),
    isImageMissing: (name) => missing.includes(name),
  });
  const summary = summarize(foreseen, foresee(before.world, [], now, imagined), {
    world,
    from: now,
    named: names,
    spans,
    doubts,
  });
  return afterPulls(first, after(before, summary), spans, world);
}

type Planned = Pick<Wishes, "names" | "facts"> & {
  /** Those that hand over first, in this order. */
  readonly handedOver: readonly Unit[];
};

async function wishesOf(ask: Ask<"plan">, daemon: Daemon): Promise<Planned> {
  const { command, names = [], ...options } = ask;
  switch (command) {
    case "start":
      return { ...(await wishesToStart({ ...options, names }, daemon)), handedOver: [] };
    case "stop":
      return { ...(await wishesToStop({ ...options, names }, daemon)), handedOver: [] };
    case "restart": {
      const units = await unitsToRestart(names, daemon);
      const handedOver = await unitsToHandOver(units, daemon);
      const named = units.named.filter((name) => !handedOver.some((unit) => unit.name === name));
      return { ...wishesToRestart({ ...units, named }, options, daemon), handedOver };
    }
    case "reload": {
      await daemon.source.read();
      const facts = newNeeds(daemon);
      return { names: facts.map(({ unit }) => unit), facts, handedOver: [] };
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

function isBroughtBefore(name: string, daemon: Daemon): boolean {
  const unit = daemon.supervisor.world.units.get(name);
  if (!unit?.launch.ok || !runsNow(unit, daemon)) return false;
  refuseNeverPulled(unit.launch.image, [unit]);
  return true;
}

/** The same plan with these images brought first, one after the other. */
function afterPulls(names: readonly string[], plan: Plan, { takes, isGuess }: Spans, world: World): Plan {
  let at = 0;
  const steps: Plan["steps"][number][] = [];
  for (const unit of names) {
    const what = imageOf(unit, world) ?? "";
    if (steps.some((step) => step.what === what)) continue;
    steps.push({ at, unit, does: "pull", what, because: "its image is brought before anything is touched" });
    const known = world.units.get(unit);
    at += known ? takes(known, "pull") / 1000 : 0;
  }
  const guessed = names.filter((name) => isGuess(name, "pull")).map((unit) => ({ unit, what: ["pull"] }));
  return after({ steps, takes: at, guessed }, plan);
}

/** The same plan once that has been done. */
function after({ steps, takes, guessed }: Pick<Plan, "steps" | "takes" | "guessed">, plan: Plan): Plan {
  const later = <T extends { readonly from: number; readonly until: number | null }>(one: T): T => ({
    ...one,
    from: one.from + takes,
    until: one.until === null ? null : one.until + takes,
  });
  return {
    ...plan,
    steps: [...steps, ...plan.steps.map((step) => ({ ...step, at: step.at + takes }))],
    meanwhile: plan.meanwhile.map(later),
    darkPorts: plan.darkPorts.map(later),
    takes: plan.takes + takes,
    guessed: [...guessed, ...plan.guessed],
  };
}
