import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";
import { readInteger, readSize } from "./numbers.ts";

/** What no engine takes, though the docker CLI sends it on. */
type Check = (text: string) => void;

/** Of flags that may be given several times. */
export const checksOfEach: { readonly [flag: string]: Check } = {
  tmpfs: checkTmpfs,
  volume: checkVolume,
  "volumes-from": checkVolumesFrom,
};

/** Of flags whose last value counts. */
export const checksOfLast: { readonly [flag: string]: Check } = {
  "cpuset-cpus": checkCpus,
  "cpuset-mems": checkCpus,
  "oom-score-adj": checkOomScore,
  memory: checkMemory,
  "memory-reservation": checkMemory,
  ipc: checkIpc,
};

function checkTmpfs(text: string): void {
  const [path = ""] = text.split(":");
  if (!path.startsWith("/")) throw new BadValue(say`"${path}" is no path that begins with /`);
  if (/^[/.]+$/.test(path)) throw new BadValue(say`"${path}" would hide all that the image has`);
}

/** Kinds of options of a volume: of each kind one may be given (moby, volume/mounts/linux_parser.go). */
const volumeOptions = [
  ["ro", "rw"],
  ["z", "Z"],
  ["private", "rprivate", "shared", "rshared", "slave", "rslave"],
  ["nocopy"],
  ["consistent", "cached", "delegated"],
];
const [, , propagations = [], copies = []] = volumeOptions;

/** What has one part alone is a path without a name. */
function checkVolume(text: string): void {
  const [source = "", target, options = ""] = text.split(":");
  if (target === undefined) return;
  if (!target.startsWith("/")) throw new BadValue(say`"${target}" is no path that begins with /`);
  const given = optionsIn(options);
  const isOfHost = /^[./]/.test(source);
  const idle = given.find((one) => (isOfHost ? copies : propagations).includes(one));
  if (idle !== undefined)
    throw new BadValue(say`"${idle}" does not go with ${isOfHost ? "a path of the host" : "a volume"}`);
}

function checkVolumesFrom(text: string): void {
  const given = optionsIn(text.split(":")[1] ?? "");
  const other = given.find((one) => propagations.includes(one) || copies.includes(one));
  if (other !== undefined) throw new BadValue(say`"${other}" cannot be said of volumes of another container`);
}

function optionsIn(text: string): readonly string[] {
  const given = text === "" ? [] : text.split(",");
  const unknown = given.find((one) => !volumeOptions.flat().includes(one));
  if (unknown !== undefined) throw new BadValue(say`"${unknown}" is no option of a volume, such as ro`);
  for (const kind of volumeOptions) {
    const both = given.filter((one) => kind.includes(one));
    if (both.length > 1) throw new BadValue(say`"${both.join(",")}" are options of which one may be given`);
  }
  return given;
}

function checkCpus(text: string): void {
  for (const part of text === "" ? [] : text.split(",")) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from === undefined || Number(from) > Number(to))
      throw new BadValue(say`"${text}" is not numbers such as 0-3 or 0,2`);
  }
}

function checkOomScore(text: string): void {
  const score = readInteger(text);
  if (score < -1000 || score > 1000) throw new BadValue(say`${text} is not from -1000 to 1000`);
}

const leastMemory = 6 * 1024 ** 2;

function checkMemory(text: string): void {
  const size = text === "" ? 0 : readSize(text);
  if (size > 0 && size < leastMemory)
    throw new BadValue(say`"${text}" is less than 6m, the least that an engine gives`);
}

function checkIpc(text: string): void {
  if (!/^(|none|private|shareable|host|container:.+)$/.test(text))
    throw new BadValue(say`"${text}" is none of host, private, shareable, none, container:NAME`);
}
