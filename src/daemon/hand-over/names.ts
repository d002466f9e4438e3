import type { Container } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";

/** Two containers of a unit take turns with two names: its own, and this. */
export function nextName({ container }: Unit): string {
  return `${container}.next`;
}

export function otherName(unit: Unit, container: Container): string {
  return container.name === unit.container ? nextName(unit) : unit.container;
}
