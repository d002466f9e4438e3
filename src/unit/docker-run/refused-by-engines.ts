import { signalOf } from "../signals.ts";
import { type FlagProblem, flagProblem, type ParsedFlag } from "./parse-flags.ts";
import { attempt } from "./read-values.ts";
import { say } from "./sentence.ts";
import type { FlagWarning } from "./unsuited-flags.ts";
import { BadValue } from "./values/bad-value.ts";
import { readCapabilities } from "./values/kernel.ts";
import { checksOfEach, checksOfLast } from "./values/refused-values.ts";

/** Values that every engine refuses when the container is made, so that they would come to light at a start. */
export function tellRefusedByEngines(
  given: readonly ParsedFlag[],
  problems: FlagProblem[],
  warnings: FlagWarning[],
): void {
  for (const flag of given) {
    const { name, value, word } = flag;
    if (name === "stop-signal") attempt(problems, word, "--stop-signal", () => checkSignal(value));
    const isLast = given.findLast((one) => one.name === name) === flag;
    const check = checksOfEach[name] ?? (isLast ? checksOfLast[name] : undefined);
    // What the CLI refuses too is told already.
    if (check && !problems.some((one) => one.word === word)) attempt(problems, word, `--${name}`, () => check(value));
    if ((name !== "cap-add" && name !== "cap-drop") || isCapability(value)) continue;
    // Kernels get new ones, and engines learn of them.
    const message = say`"${value}" is no capability that svc knows, and an engine that does not know it refuses the container`;
    const said = { text: `--${name}: ${message.text}`, masked: `--${name}: ${message.masked}` };
    warnings.push({ ...flagProblem(word, said, "man 7 capabilities lists them"), code: "unknown-to-svc" });
  }
}

/** A name, or a number. */
function checkSignal(text: string): void {
  if (text === "" || signalOf(text) !== null || (/^[+-]?\d+$/.test(text) && Number(text) !== 0)) return;
  throw new BadValue(say`"${text}" is no signal`);
}

const capabilities = new Set(
  `ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID
  IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW
  PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO
  SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM`.split(/\s+/),
);

function isCapability(text: string): boolean {
  return readCapabilities([text]).every((name) => capabilities.has(name.replace(/^CAP_/, "")));
}
