import { parseFlags } from "../../unit/docker-run/parse-flags.ts";
import { codeOfEnd } from "../../unit/signals.ts";
import type { Hook, HookTime, Unit } from "../../unit/unit.ts";
import type { ExportedUnit } from "./exported.ts";
import { exportHooks } from "./hooks.ts";
import { lostKeys } from "./lost-keys.ts";
import { type ExportedText, type PrintLine, printedWords } from "./printed-words.ts";
import { listenComments } from "./publish.ts";
import { systemdWord } from "./systemd-word.ts";

/** The classical systemd service of a unit; what it cannot say stands in comments. */
export function systemdText(one: ExportedUnit, print: PrintLine): ExportedText {
  const { unit, launch, keys } = one;
  const printed = printedWords({ ...launch.create, name: unit.container }, launch.pull, print);
  const name = systemdWord(unit.container);
  const grace = Math.ceil(unit.stopGraceMs / 1000);
  const hooks = exportHooks(one, "systemd", (when, hook) => execLine(unit, when, hook));
  const limits = unit.respawn.onLimit === "fail" ? ["respawn_limit", "on_limit"] : [];
  const removed = launch.create.body.HostConfig?.AutoRemove === true ? [] : ["--rm"];
  const awaited = unit.needs.filter(({ until }) => until === "ready").map((need) => need.unit);
  const kept = unit.needs.filter(({ required, onLoss }) => required && onLoss === "keep").map((need) => need.unit);
  const lost = [
    ...awaited.map((name) => `svc waits until ${name} is ready; systemd until ${name}.service was started`),
    ...kept.map((name) => `svc keeps it when ${name} is stopped; systemd stops it with ${name}.service`),
    ...listenComments(unit.listen),
    ...hooks.comments,
    ...lostKeys(keys, [...said, ...limits], "systemd"),
    ...printed.comments,
  ];
  const lines = [
    "# Made by svc export --systemd.",
    ...lost.map((text) => `# ${text}`),
    "[Unit]",
    ...(unit.description === "" ? [] : [`Description=${descriptionOf(unit)}`]),
    "After=docker.service",
    "Requires=docker.service",
    ...relations(unit),
    ...limit(unit),
    "",
    "[Service]",
    ...(unit.type === "task" ? ["Type=oneshot", "RemainAfterExit=yes"] : []),
    `ExecStartPre=-/usr/bin/docker stop ${name}`,
    `ExecStartPre=-/usr/bin/docker rm -f ${name}`,
    ...hooks.said.preStart,
    ["ExecStart=/usr/bin/docker run", ...removed, ...flagLines(printed.words)].join(" \\\n  "),
    ...hooks.said.preStop,
    // The container may have ended by itself, and then is gone: that is no failure of the service.
    `ExecStop=-/usr/bin/docker stop ${name}`,
    ...hooks.said.postStop,
    ...restart(unit),
    "# A pull may take its time.",
    "TimeoutStartSec=0",
    `TimeoutStopSec=${grace + 10}`,
    ...(unit.enabled ? ["", "[Install]", "WantedBy=multi-user.target"] : []),
    "",
  ];
  return { text: lines.join("\n"), isWhole: printed.isWhole };
}

/** One line, which a backslash at its end would join with the next; systemd knows no escape for it. */
function descriptionOf({ description }: Unit): string {
  return description
    .replaceAll("%", "%%")
    .replace(/\s+/g, " ")
    .replace(/[\\\s]+$/, "");
}

/** A flag on each line, and the image with its command on the last. */
function flagLines(words: readonly string[]): readonly string[] {
  const end = parseFlags(words).rest;
  const lines: string[] = [];
  for (const word of words.slice(0, end)) {
    if (word.startsWith("--")) lines.push(systemdWord(word));
    else lines.push(`${lines.pop() ?? ""} ${systemdWord(word)}`);
  }
  return [...lines, words.slice(end).map(systemdWord).join(" ")];
}

const said =
  "auto_remove description type enabled depends_on wants after before conflicts respawn normal_exit listen pre_start post_start pre_stop post_stop".split(
    " ",
  );

/**
 * The Exec line of a hook, where systemd runs it at that time: not after the start, when docker's client runs and the container
 * may not yet, and of a oneshot only before the start.
 */
function execLine({ type, container }: Unit, when: HookTime, { where, command, ...how }: Hook): string | null {
  const [text = ""] = command;
  const shell = (script: string): string => `/bin/sh -c ${systemdWord(script)}`;
  if (when === "preStart") return where === "host" ? `ExecStartPre=${shell(text)}` : null;
  if (when === "postStart" || type === "task") return null;
  if (when === "postStop") return where === "host" ? `ExecStopPost=-${shell(text)}` : null;
  // What ended by itself has no main process any more, and systemd runs these all the same.
  if (where === "host") return `ExecStop=-${shell(`[ -n "$MAINPID" ] || exit 0; ${text}`)}`;
  const { user, workingDir, environment, privileged } = how;
  const flags = [
    ...(user === null ? [] : [`--user=${user}`]),
    ...(workingDir === null ? [] : [`--workdir=${workingDir}`]),
    ...(privileged ? ["--privileged"] : []),
    ...environment.map((variable) => `--env=${variable}`),
  ];
  return where === "task"
    ? null
    : `ExecStop=-/usr/bin/docker exec ${[...flags, container, ...command].map(systemdWord).join(" ")}`;
}

function relations({ needs, after, before, conflicts }: Unit): readonly string[] {
  const lines = needs.flatMap(({ unit, required, onLoss }) => {
    const service = `${unit}.service`;
    const kind = !required ? "Wants" : onLoss === "stop" ? "BindsTo" : "Requires";
    return [`${kind}=${service}`, `After=${service}`, ...(onLoss === "restart" ? [`PartOf=${service}`] : [])];
  });
  return [
    ...lines,
    ...after.map((unit) => `After=${unit}.service`),
    ...before.map((unit) => `Before=${unit}.service`),
    ...conflicts.map((unit) => `Conflicts=${unit}.service`),
  ];
}

/** svc tries again once a minute past its limit, unless it is told to fail. */
function limit({ respawn }: Unit): readonly string[] {
  const { enabled, limit: most, onLimit } = respawn;
  if (!enabled) return [];
  if (most === null || onLimit === "delay") return ["StartLimitIntervalSec=0"];
  return [`StartLimitIntervalSec=${most.windowMs / 1000}`, `StartLimitBurst=${most.count}`];
}

// docker's client ends with a code of its own for the signal that ended the container.
function restart({ type, respawn: { enabled, normalExit, limit: most, onLimit } }: Unit): readonly string[] {
  if (!enabled) return ["Restart=no"];
  const others = normalExit
    .filter((one) => one !== 0)
    .map(codeOfEnd)
    .join(" ");
  // A task that ended with 0 is done, and systemd refuses Restart=always of a oneshot.
  const isFailure = type === "task" || normalExit.includes(0);
  return [
    `Restart=${isFailure ? "on-failure" : "always"}`,
    ...(others === "" ? [] : [`${isFailure ? "SuccessExitStatus" : "RestartPreventExitStatus"}=${others}`]),
    ...(most !== null && onLimit === "delay" ? ["RestartSec=5"] : []),
  ];
}
