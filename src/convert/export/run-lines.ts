import type { CreateRequest } from "../../unit/docker-run/create-request.ts";
import type { Launch } from "../../unit/unit.ts";
import type { ExportedUnit } from "./exported.ts";

/** The docker run line of a request, or what no line can say. */
export type PrintLine = (
  request: CreateRequest,
  pull: Launch["pull"],
) => { readonly ok: true; readonly line: string } | { readonly ok: false; readonly unsayable: readonly string[] };

/** A docker run line for a unit: a service in the background, a task in the foreground. */
export function runLine({ unit, launch }: ExportedUnit, print: PrintLine): string {
  const printed = print({ ...launch.create, name: unit.container }, launch.pull);
  if (!printed.ok) return `# ${unit.name}: docker run cannot say this: ${printed.unsayable.join(", ")}\n`;
  const isDetached = unit.type === "task" || / --detach /.test(printed.line);
  return `${isDetached ? printed.line : printed.line.replace(/^docker run/, "docker run --detach")}\n`;
}
