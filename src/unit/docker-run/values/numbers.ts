import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";

const maxSigned = 2n ** 63n - 1n;

/** A whole number as the docker CLI reads it: `0x`, `0b`, `0o` and a leading `0` set the base. */
export function readInteger(text: string, least = -maxSigned - 1n, most = maxSigned): number {
  const parts = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/.exec(withoutUnderscores(text));
  if (!parts?.[2]) throw new BadValue(say`"${text}" is not a whole number`);
  const digits = /^0[0-7]/.test(parts[2]) ? `0o${parts[2].slice(1)}` : parts[2];
  const value = parts[1] === "-" ? -BigInt(digits) : BigInt(digits);
  if (value < least || value > most) throw new BadValue(say`${text} is out of range (${least} to ${most})`);
  return Number(value);
}

/** A whole number with digits only. */
export function readDecimal(text: string, most = maxSigned): number {
  if (!/^[0-9]+$/.test(text) || BigInt(text) > most)
    throw new BadValue(say`"${text}" is not a whole number up to ${most}`);
  return Number(text);
}

export function readWeight(text: string): number {
  return readUnsigned(text, 65_535n);
}

export function readUnsigned(text: string, most = 2n ** 64n - 1n): number {
  if (/^[+-]/.test(text)) throw new BadValue(say`"${text}" is not a whole number without a sign`);
  return readInteger(text, 0n, most);
}

export function readBoolean(text: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return false;
  throw new BadValue(say`"${text}" is neither true nor false`);
}

const sizeUnits: { readonly [letter: string]: number } = { "": 0, b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Bytes: `64m`, `1.5 GiB`, `1e3`; units are powers of 1024 and fractions of a byte are dropped. */
export function readSize(text: string): number {
  const parts = /^\+?([0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?|\.[0-9]+(?:e[+-]?[0-9]+)?) ?(?:(b?)|([kmgtp])(?:i?b)?)$/i.exec(
    text,
  );
  if (!parts?.[1]) throw new BadValue(say`"${text}" is not a size such as 512m or 1.5g`);
  const power = sizeUnits[(parts[3] ?? "").toLowerCase()] ?? 0;
  const size = Math.trunc(Number(parts[1]) * 1024 ** power);
  if (size > Number(maxSigned)) throw new BadValue(say`${text} is more than can be counted`);
  return size;
}

/** `-1` is unlimited. */
export function readSizeOrUnlimited(text: string): number {
  return text === "-1" ? -1 : readSize(text);
}

/** No host has so many, or so little of one; a larger one would be computed for ever. */
const largestExponent = 30;

/** CPUs in billionths: `1.5`, `.5`, `1/2`, `5e-1`. */
export function readCpus(text: string): number {
  const parts = /^([+-]?)(?:([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?|([0-9]+)\/([0-9]+))$/.exec(text);
  if (!parts || !/[0-9]/.test(text)) throw new BadValue(say`"${text}" is not a number of CPUs`);
  const [, sign, whole = "", fraction = "", exponent = "0", above, below] = parts;

  if (above === undefined && whole === "" && fraction === "")
    throw new BadValue(say`"${text}" is not a number of CPUs`);
  if (Math.abs(Number(exponent)) > largestExponent) throw new BadValue(say`"${text}" is not a number of CPUs`);
  const shift = 9 - fraction.length + Number(exponent);
  const numerator = (above === undefined ? BigInt(whole + fraction) : BigInt(above) * 10n ** 9n) * tenTo(shift, above);
  const denominator = below === undefined ? tenTo(-shift, above) : BigInt(below);
  if (denominator === 0n) throw new BadValue(say`"${text}" is not a number of CPUs`);
  if (numerator % denominator !== 0n) throw new BadValue(say`${text} is too precise: at most 9 decimals`);
  return Number(numerator / denominator) * (sign === "-" ? -1 : 1);
}

function tenTo(power: number, fraction: string | undefined): bigint {
  return fraction !== undefined || power <= 0 ? 1n : 10n ** BigInt(power);
}

const nanoseconds: { readonly [unit: string]: bigint } = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Nanoseconds: `1h30m`, `1.5s`, `500ms`. A number without a unit is an error, except 0. */
export function readDuration(text: string): number {
  const bare = text.replace(/^[+-]/, "");
  if (bare === "0") return 0;
  if (!/^(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(bare)) {
    throw new BadValue(say`"${text}" is not a duration such as 30s or 1h30m`);
  }
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of bare.matchAll(/([0-9]*)\.?([0-9]*)([a-zµμ]+)/g)) {
    const scale = nanoseconds[unit] ?? 0n;
    total += BigInt(whole || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
  }
  if (total > maxSigned) throw new BadValue(say`${text} is too long`);
  return Number(text.startsWith("-") ? -total : total);
}

function withoutUnderscores(text: string): string {
  return /^[+-]?0[0-9a-zA-Z]*_|^[+-]?[1-9]/.test(text) && /^[^_]*[0-9a-fA-FxXoObB](?:_[0-9a-fA-F]+)*$/.test(text)
    ? text.replaceAll("_", "")
    : text;
}
