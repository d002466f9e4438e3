import type { UnitEvent } from "../control/request.ts";

/** The event that an image was pulled for a unit; it is also what the next plan measures by. */
export function pulled(unit: string, image: string, tookMs: number): Omit<UnitEvent, "time"> {
  return {
    unit,
    event: "pulled",
    phase: null,
    because: `its image ${image} was pulled in ${Math.round(tookMs / 100) / 10} s`,
    tookMs,
  };
}
