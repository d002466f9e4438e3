import { posix } from "node:path";
import { unreadable } from "../unreadable.ts";
import { strayByte } from "../utf8.ts";
import type { Json } from "./create-request.ts";
import { findFlag } from "./flags.ts";
import { type FlagProblem, flagProblem, type ParsedFlag } from "./parse-flags.ts";
import { path, say } from "./sentence.ts";
import { checkLink, readAddress, readExtraHost, readSearchDomain } from "./values/addresses.ts";
import { BadValue } from "./values/bad-value.ts";
import * as devices from "./values/devices.ts";
import * as kernel from "./values/kernel.ts";
import { readMount } from "./values/mount.ts";
import { readNetwork } from "./values/networks.ts";
import * as numbers from "./values/numbers.ts";
import { readExpose, readPublish } from "./values/ports.ts";
import { checkLabel, readPairFile, readVariable } from "./values/variables.ts";
import { checkVolume } from "./values/volumes.ts";

export type Surroundings = {
  readonly hostEnvironment: { readonly [name: string]: string | undefined };
  readonly workingDirectory: string;
  /** Throws when there is no such file. */
  readonly readFile: (path: string) => string;
};

/** The values of the flags that were given, each read by the rules of its flag. */
export class Values {
  readonly #values = new Map<string, Json[]>();
  readonly #words = new Map<string, number>();

  add(flag: ParsedFlag, value: Json): void {
    this.#values.set(flag.name, [...(this.#values.get(flag.name) ?? []), value]);
    this.#words.set(flag.name, flag.word);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  all(name: string): readonly Json[] {
    return this.#values.get(name) ?? [];
  }

  texts(name: string): readonly string[] {
    return this.all(name).map(String);
  }

  last(name: string): Json {
    return this.all(name).at(-1) ?? null;
  }

  text(name: string): string {
    return String(this.last(name) ?? "");
  }

  number(name: string): number {
    return Number(this.last(name) ?? 0);
  }

  /** Where one of the flags was given last; the first word when none was. */
  word(...names: readonly string[]): number {
    return Math.max(0, ...names.map((name) => this.#words.get(name) ?? 0));
  }
}

export function readValues(given: readonly ParsedFlag[], surroundings: Surroundings, problems: FlagProblem[]): Values {
  const values = new Values();
  for (const flag of given) {
    attempt(problems, flag.word, `--${flag.name}`, () => values.add(flag, readValue(flag, surroundings)));
  }
  return values;
}

/** Runs a step and notes the problem when it refuses what it was given. */
export function attempt(problems: FlagProblem[], word: number, flag: string, step: () => void): void {
  try {
    step();
  } catch (thrown) {
    if (!(thrown instanceof BadValue)) throw thrown;
    const { text, masked } = thrown.sentence;
    const message = { text: `${flag}: ${text}`, masked: `${flag}: ${masked}` };
    problems.push(flagProblem(word, message, `correct the value of ${flag}`));
  }
}

function readValue({ name, value }: ParsedFlag, surroundings: Surroundings): Json {
  switch (findFlag(name)?.kind) {
    case "switch":
      return numbers.readBoolean(value);
    case "integer":
      return numbers.readInteger(value);
    case "weight":
      return numbers.readWeight(value);
    case "unsigned":
      return numbers.readUnsigned(value);
    case "size":
      return numbers.readSize(value);
    case "size-or-unlimited":
      return numbers.readSizeOrUnlimited(value);
    case "cpus":
      return numbers.readCpus(value);
    case "duration":
      return numbers.readDuration(value);
    case "list":
      return readListed(name, value, surroundings);
    default:
      return value;
  }
}

function readListed(name: string, value: string, surroundings: Surroundings): Json {
  const { hostEnvironment, workingDirectory } = surroundings;
  switch (name) {
    case "add-host":
      return readExtraHost(value);
    case "attach":
      return kernel.checkStream(value);
    case "blkio-weight-device":
      return devices.readDeviceWeight(value);
    case "device":
      return devices.isVendorDevice(value) ? value : devices.readDevice(value);
    case "device-cgroup-rule":
      return devices.checkDeviceRule(value);
    case "device-read-bps":
    case "device-write-bps":
      return devices.readDeviceBytes(value);
    case "device-read-iops":
    case "device-write-iops":
      return devices.readDeviceOperations(value);
    case "dns":
      return readAddress(value);
    case "dns-search":
      return readSearchDomain(value);
    case "env":
      return readVariable(value, hostEnvironment);
    case "env-file":
      return [...readPairFile(readText(value, surroundings), value, hostEnvironment)];
    case "expose":
      return [...readExpose(value)];
    case "gpus":
      return devices.readGpus(value);
    case "label":
      return checkLabel(value);
    case "label-file":
      return [...readPairFile(readText(value, surroundings), value, null)];
    case "link":
      return checkLink(value);
    case "mount":
      return readMount(value, workingDirectory);
    case "network":
      return readNetwork(value);
    case "publish":
      return [...readPublish(value)];
    case "security-opt":
      return kernel.readSecurityOption(value, (text) => readText(text, surroundings));
    case "storage-opt":
      return kernel.checkStorageOption(value);
    case "sysctl":
      return kernel.checkSysctl(value);
    case "ulimit":
      return kernel.readUlimit(value);
    case "volume":
      return checkVolume(value);
    default:
      return value;
  }
}

function readText(text: string, { workingDirectory, readFile }: Surroundings): string {
  const file = posix.resolve(workingDirectory, text);
  const shown = typeof path(text) === "string" ? file : [file];
  let read: string;
  try {
    read = readFile(file);
  } catch (thrown) {
    throw new BadValue(say`${shown} cannot be read: ${[unreadable(thrown as NodeJS.ErrnoException).because]}`);
  }
  if (strayByte(read) !== null) throw new BadValue(say`${shown} cannot be read: ${["it is not UTF-8"]}`);
  return read;
}
