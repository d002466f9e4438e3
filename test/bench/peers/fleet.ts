import type { Workshop } from "../workshop.ts";

/** Containers and what each needs: by short name, in an order in which needs come first. */
export type Fleet = ReadonlyMap<string, readonly string[]>;

/** Something that brings a whole fleet up and takes it down in order. The engine's events tell when that is done. */
export type Commander = {
  readonly name: string;
  /** Makes what it works by; throws Absent where it is not here. */
  prepare(workshop: Workshop, fleet: Fleet): Promise<Prepared>;
};

export type Prepared = {
  readonly containers: readonly string[];
  up(): Promise<unknown>;
  down(): Promise<unknown>;
};

/** Ends at once when it is told to. */
export const idle = ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"];

/** So many chains, each link of which needs the one before. */
export function chains(count: number, length: number): Fleet {
  const fleet = new Map<string, readonly string[]>();
  for (let chain = 0; chain < count; chain++) {
    for (let link = 0; link < length; link++)
      fleet.set(`c${chain}-${link}`, link === 0 ? [] : [`c${chain}-${link - 1}`]);
  }
  return fleet;
}

/** So many layers; each unit needs two of the layer before. */
export function layers(count: number, width: number): Fleet {
  const fleet = new Map<string, readonly string[]>();
  for (let layer = 0; layer < count; layer++) {
    for (let at = 0; at < width; at++) {
      const needs = layer === 0 ? [] : [at, (at + 1) % width].map((other) => `l${layer - 1}-${other}`);
      fleet.set(`l${layer}-${at}`, needs);
    }
  }
  return fleet;
}
