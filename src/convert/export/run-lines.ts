import type { CreateRequest } from "../../unit/docker-run/create-request.ts";
import type { Launch } from "../../unit/unit.ts";
import type { ExportedUnit } from "./exported.ts";
import { exportHooks } from "./hooks.ts";
import { lostKeys } from "./lost-keys.ts";
import { listenComments } from "./publish.ts";
import { restartPolicy, saidByPolicy } from "./restart-policy.ts";

/** The docker run line of a request, or what no line can say. */
export type PrintLine = (
  request: CreateRequest,
  pull: Launch["pull"],
) => { readonly ok: true; readonly line: string } | { readonly ok: false; readonly unsayable: readonly string[] };

/** A docker run line for a unit: a service in the background, a task in the foreground. What it cannot say stands in comments before it. */
export function runLine(one: ExportedUnit, print: PrintLine): string {
  const { unit, launch, keys } = one;
  const printed = print({ ...launch.create, name: unit.container }, launch.pull);
  const policy = restartPolicy(unit);
  const isRemoved = launch.create.body.HostConfig?.AutoRemove === true;
  const said = ["description", "type", "auto_remove", "listen", "pre_start", "post_start", "pre_stop", "post_stop"];
  const comments = [
    unit.description === "" ? unit.name : `${unit.name}: ${unit.description}`,
    ...listenComments(unit.listen),
    ...exportHooks(one, "docker run", () => null).comments,
    ...lostKeys(keys, [...said, ...saidByPolicy(unit)], "docker run"),
    ...(policy !== null && isRemoved ? ["--rm goes with no --restart: nothing starts it again"] : []),
    ...(printed.ok ? [] : [`docker run cannot say this: ${printed.unsayable.join(", ")}`]),
  ];
  const head = comments.map((text) => `# ${text.replaceAll("\n", " ")}\n`).join("");
  if (!printed.ok) return head;
  const isDetached = unit.type === "task" || / --detach /.test(printed.line);
  const flags = [...(isDetached ? [] : ["--detach"]), ...(policy === null || isRemoved ? [] : [`--restart=${policy}`])];
  return `${head}${printed.line.replace(/^docker run/, ["docker run", ...flags].join(" "))}\n`;
}
