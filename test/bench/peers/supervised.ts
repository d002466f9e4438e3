import type { Workshop } from "../workshop.ts";

/** Keeps one container running by the means of a supervisor, until the workshop closes. Throws Absent where that is not here. */
export type Supervise = (workshop: Workshop, container: string) => Promise<void>;

/** What people have their supervisor run. */
export function dockerRun({ host }: Workshop, container: string): string {
  return `docker run --rm --name ${container} ${host.engine.image} sleep 3600`;
}
