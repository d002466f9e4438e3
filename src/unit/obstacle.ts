import type { LaunchProblem } from "./unit.ts";
import type { PlaceInFile } from "./unit-problem.ts";

/** What keeps a valid unit from being started now, and where it stands. */
export type Obstacle = PlaceInFile & Omit<LaunchProblem, "ok">;

export type Obstacles = readonly [Obstacle, ...Obstacle[]];
