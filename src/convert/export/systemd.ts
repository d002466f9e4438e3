import type { CreateRequest } from "../../unit/docker-run/create-request.ts";
import { splitWords } from "../../unit/docker-run/split-words.ts";
import type { Launch, Unit } from "../../unit/unit.ts";
import { type ExportedUnit, lostKeys } from "./exported.ts";
import type { PrintLine } from "./run-lines.ts";
import { systemdWord } from "./systemd-word.ts";

/** The classical systemd service of a unit; what it cannot say stands in comments. */
export function systemdText({ unit, launch, keys }: ExportedUnit, print: PrintLine): string {
  const { words, unsayable } = runWords({ ...launch.create, name: unit.container }, launch.pull, print);
  const name = systemdWord(unit.container);
  const grace = Math.ceil(unit.stopGraceMs / 1000);
  const lost = [
    ...lostKeys(keys, [...lostAlways, ...(unit.respawn.onLimit === "fail" ? [] : lostDelay)], "systemd"),
    ...(unsayable.length === 0 ? [] : [`docker run cannot say this: ${unsayable.join(", ")}`]),
  ];
  return [
    "# Made by svc export --systemd.",
    ...lost.map((text) => `# ${text}`),
    "[Unit]",
    ...(unit.description === "" ? [] : [`Description=${unit.description.replaceAll("%", "%%")}`]),
    "After=docker.service",
    "Requires=docker.service",
    ...relations(unit),
    ...limit(unit),
    "",
    "[Service]",
    ...(unit.type === "task" ? ["Type=oneshot", "RemainAfterExit=yes"] : []),
    `ExecStartPre=-/usr/bin/docker stop ${name}`,
    `ExecStartPre=-/usr/bin/docker rm -f ${name}`,
    ["ExecStart=/usr/bin/docker run", "--rm", ...flagLines(words, launch.image)].join(" \\\n  "),
    `ExecStop=/usr/bin/docker stop ${name}`,
    ...restart(unit),
    "# A pull may take its time.",
    "TimeoutStartSec=0",
    `TimeoutStopSec=${grace + 10}`,
    ...(unit.enabled ? ["", "[Install]", "WantedBy=multi-user.target"] : []),
    "",
  ].join("\n");
}

/** The words of docker run; what they cannot say is left out. */
function runWords(request: CreateRequest, pull: Launch["pull"], print: PrintLine) {
  const printed = print(request, pull);
  if (printed.ok) {
    const split = splitWords(printed.line);
    return { words: split.ok ? split.words.slice(2) : [], unsayable: [] };
  }
  const { unsayable } = printed;
  const without = (fields: object) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !unsayable.includes(name)));
  const body = {
    ...without(request.body),
    Image: request.body.Image,
    HostConfig: without(request.body.HostConfig ?? {}),
  };
  const again = print({ ...request, body: body as CreateRequest["body"] }, pull);
  const split = again.ok ? splitWords(again.line) : null;
  return { words: split?.ok ? split.words.slice(2) : [], unsayable };
}

/** A flag on each line, and the image with its command on the last. */
function flagLines(words: readonly string[], image: string): readonly string[] {
  const end = words.indexOf(image);
  const lines: string[] = [];
  for (const word of words.slice(0, end)) {
    if (word.startsWith("--")) lines.push(systemdWord(word));
    else lines.push(`${lines.pop() ?? ""} ${systemdWord(word)}`);
  }
  return [...lines, words.slice(end).map(systemdWord).join(" ")];
}

const lostAlways = ["ready", "on_unhealthy", "start_timeout", "pull_timeout", "auto_remove", "log"] as const;
const lostDelay = ["respawn_limit", "on_limit"] as const;

function relations({ needs, after, conflicts }: Unit): readonly string[] {
  const lines = needs.flatMap(({ unit, required, onLoss }) => {
    const service = `${unit}.service`;
    const kind = !required ? "Wants" : onLoss === "stop" ? "BindsTo" : "Requires";
    return [`${kind}=${service}`, `After=${service}`, ...(onLoss === "restart" ? [`PartOf=${service}`] : [])];
  });
  return [
    ...lines,
    ...after.map((unit) => `After=${unit}.service`),
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

function restart({ respawn: { enabled, normalExit, limit: most, onLimit } }: Unit): readonly string[] {
  if (!enabled) return ["Restart=no"];
  const others = normalExit.filter((one) => one !== 0).join(" ");
  const isFailure = normalExit.includes(0);
  return [
    `Restart=${isFailure ? "on-failure" : "always"}`,
    ...(others === "" ? [] : [`${isFailure ? "SuccessExitStatus" : "RestartPreventExitStatus"}=${others}`]),
    ...(most !== null && onLimit === "delay" ? ["RestartSec=5"] : []),
  ];
}
