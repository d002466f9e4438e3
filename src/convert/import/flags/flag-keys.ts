import { isDeepStrictEqual } from "node:util";
import { createRequestFromFlags } from "../../../unit/docker-run/create-request-from-flags.ts";
import type { ParsedFlag } from "../../../unit/docker-run/parse-flags.ts";
import { quoteWords } from "../../../unit/docker-run/to-command-line.ts";
import { withKeyBody } from "../../../unit/keys/key-body.ts";
import { keyFlags } from "../../../unit/keys/key-flags.ts";
import { unitSchema } from "../../../unit/keys/schema.ts";
import { instanceMark, type Value } from "../draft.ts";
import { flagGroups } from "./flag-groups.ts";
import { mountVolume } from "./mount-volume.ts";

export type FlagKeys = {
  readonly keys: { readonly [key: string]: Value };
  /** Which key says a flag; `options` for those that no key can say. */
  readonly keyOf: (flag: ParsedFlag) => string;
  /** What docker run itself would refuse, in words without values. */
  readonly refused: readonly { readonly flag: ParsedFlag; readonly because: string }[];
};

/**
 * The keys that say the same as these flags. Whether they do is not taken for granted: both are made into a request, and where
 * the two differ the flags stay flags, in `options`.
 */
export function keysOfFlags(given: readonly ParsedFlag[]): FlagKeys {
  const keys: { [key: string]: Value } = {};
  const said = new Map<ParsedFlag, string>();
  for (const { flags, key, value } of flagGroups) {
    const own = given.filter((flag) => flags.includes(flag.name) && !said.has(flag));
    if (own.length === 0 || key in keys) continue;
    const read = value(own);
    if (read === undefined || !isSame(own, { [key]: read })) continue;
    keys[key] = read;
    for (const flag of own) said.set(flag, key);
  }
  // All of them or none, as their order counts where one lies in another.
  const mounts = given.filter(({ name }) => name === "mount");
  const volumes = mounts.map(({ value }) => mountVolume(value));
  if (mounts.length > 0 && !volumes.includes(null) && isSame(mounts, { volumes: volumes as readonly Value[] })) {
    keys.volumes = [...((keys.volumes as readonly Value[] | undefined) ?? []), ...(volumes as readonly Value[])];
    for (const flag of mounts) said.set(flag, "volumes");
  }
  const others = given.filter((flag) => !said.has(flag));
  const refused = refusalOf(others) === null ? [] : others.flatMap(refusedAlone);
  const options = others.filter((flag) => !refused.some((one) => one.flag === flag)).map(wordOf);
  if (options.length > 0) keys.options = quoteWords(options);
  return { keys, refused, keyOf: (flag) => said.get(flag) ?? "options" };
}

const context = {
  image: "image",
  command: [],
  hostEnvironment: {},
  workingDirectory: "/",
  readFile: () => "{}",
  use: "docker",
} as const;

function isSame(given: readonly ParsedFlag[], keys: { readonly [key: string]: Value }): boolean {
  // Of a template any instance will do.
  const plain = JSON.parse(JSON.stringify({ given, keys }).replaceAll(instanceMark, "1")) as {
    given: readonly ParsedFlag[];
    keys: object;
  };
  const parsed = unitSchema.safeParse(plain.keys);
  if (!parsed.success) return false;
  const [wanted, got] = [
    createRequestFromFlags(plain.given.map(wordOf), context),
    createRequestFromFlags(
      keyFlags(parsed.data).map(({ word }) => word),
      context,
    ),
  ];
  if (!wanted.ok || !got.ok) return false;
  const body = withKeyBody(got.request.body, parsed.data, () => true);
  return isDeepStrictEqual([wanted.request, wanted.pull], [{ ...got.request, body }, got.pull]);
}

function refusedAlone(flag: ParsedFlag): FlagKeys["refused"] {
  const because = refusalOf([flag]);
  return because === null ? [] : [{ flag, because }];
}

function refusalOf(flags: readonly ParsedFlag[]): string | null {
  const read = createRequestFromFlags(
    flags.map((flag) => wordOf(flag).replaceAll(instanceMark, "1")),
    { ...context, image: "image" },
  );
  return read.ok ? null : (read.problems[0]?.masked ?? "docker run refuses it");
}

function wordOf({ name, value }: ParsedFlag): string {
  return `--${name}=${value}`;
}
