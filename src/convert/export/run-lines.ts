import { quoteWords } from "../../unit/docker-run/to-command-line.ts";
import type { ExportedUnit } from "./exported.ts";
import { exportHooks } from "./hooks.ts";
import { lostKeys } from "./lost-keys.ts";
import { type ExportedText, type PrintLine, printedWords } from "./printed-words.ts";
import { listenComments } from "./publish.ts";
import { restartPolicy, saidByPolicy, taskComments } from "./restart-policy.ts";

/** A docker run line for a unit: a service in the background, a task in the foreground. What it cannot say stands in comments before it. */
export function runLine(one: ExportedUnit, print: PrintLine): ExportedText {
  const { unit, launch, keys } = one;
  const printed = printedWords({ ...launch.create, name: unit.container }, launch.pull, print);
  const policy = restartPolicy(unit);
  const isRemoved = launch.create.body.HostConfig?.AutoRemove === true;
  const said = ["description", "type", "auto_remove", "listen", "pre_start", "post_start", "pre_stop", "post_stop"];
  const comments = [
    unit.description === "" ? unit.name : `${unit.name}: ${unit.description}`,
    ...taskComments(unit, "docker run"),
    ...listenComments(unit.listen),
    ...exportHooks(one, "docker run", () => null).comments,
    ...lostKeys(keys, [...said, ...saidByPolicy(unit)], "docker run"),
    ...(policy !== null && isRemoved ? ["--rm goes with no --restart: nothing starts it again"] : []),
    ...printed.comments,
  ];
  const head = comments.map((text) => `# ${text.replaceAll("\n", " ")}\n`).join("");
  const isDetached = unit.type === "task" || printed.words.includes("--detach");
  const flags = [...(isDetached ? [] : ["--detach"]), ...(policy === null || isRemoved ? [] : [`--restart=${policy}`])];
  const line = quoteWords(["docker", "run", ...flags, ...printed.words]);
  return { text: `${head}${line}\n`, isWhole: printed.isWhole };
}
