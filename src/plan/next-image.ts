import type { Launch, Unit } from "../unit/unit.ts";
import { ask, type Decision, wait } from "./decision.ts";
import type { Fact } from "./fact.ts";
import { delayOf } from "./restart-limit.ts";
import { type Container, stateOf, type World, withState } from "./world.ts";

/**
 * The image that a container is to be replaced with. What runs is not given up for an image that cannot be had: TAG may name one
 * that is still to be pushed, and the registry may be away. So where nobody asked for the replacement, and the unit has another
 * image by now, that is fetched while the container runs on.
 */
export function hasNextImage({ name }: Unit, { image }: Launch, container: Container, world: World): boolean {
  const { nextImage } = stateOf(world, name);
  return container.made.image === image || (nextImage?.image === image && nextImage.is === "here");
}

/** `because` is why it would be replaced. */
export function awaitImage({ name }: Unit, { image }: Launch, because: string, world: World, now: number): Decision {
  const { nextImage } = stateOf(world, name);
  const words = `${because}; it runs on until its image ${image} is here`;
  if (nextImage?.image !== image) return ask({ call: "fetch", image }, "degraded", words);
  if (nextImage.is !== "missing") return wait("degraded", words);
  const missing = `${because}; it runs on, as its image cannot be had: ${nextImage.message}`;
  if (now < nextImage.until) return wait("degraded", missing, nextImage.until);
  return ask({ call: "fetch", image }, "degraded", missing);
}

export function fetching(world: World, unit: string, image: string): World {
  const { nextImage } = stateOf(world, unit);
  const times = nextImage?.image === image ? nextImage.times : 0;
  return withState(world, unit, { nextImage: { image, times, is: "coming" } });
}

export type Fetched = Omit<Extract<Fact, { fact: "fetched" }>, "fact">;

/** Old news if another image, or none, is waited for now. */
export function fetched(world: World, { unit, image, problem, luck }: Fetched, now: number): World {
  const { nextImage } = stateOf(world, unit);
  if (nextImage?.image !== image || nextImage.is !== "coming") return world;
  if (problem === null) return withState(world, unit, { nextImage: { image, times: 0, is: "here" } });
  const times = nextImage.times + 1;
  const until = now + delayOf(times, luck);
  return withState(world, unit, { nextImage: { image, times, is: "missing", message: problem, until } });
}
