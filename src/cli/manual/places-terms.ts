import { type Place, places } from "../../unit/places.ts";
import { term } from "./roff.ts";

/** The variables that move what svc reads and where it is asked. */
export function environmentTerms(of: readonly Place[]): string[] {
  return of.flatMap((place) => {
    const { variable, path, holds } = places[place];
    return variable === null ? [] : [term(`\`${variable}\``, `Where to look for ${holds}. Default: ${path}.`)];
  });
}

/** Every place that has a path of its own, with what it holds. */
export function fileTerms(of: readonly Place[] = Object.keys(places) as Place[]): string[] {
  return of.flatMap((place) => {
    const { path, holds } = places[place];
    return path === "" ? [] : [term(`*${path}*`, `${holds.charAt(0).toUpperCase()}${holds.slice(1)}.`)];
  });
}
