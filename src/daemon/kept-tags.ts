import { isDeepStrictEqual } from "node:util";
import { splitReference } from "../unit/image-reference.ts";
import type { Unit } from "../unit/unit.ts";

/** What the TAG file of each unit said last, and which file that was. */
export type Tags = ReadonlyMap<string, { readonly tag: string; readonly file: string }>;

/**
 * A TAG file that is gone, as where its disk is not mounted, must not make `:latest` of a build when a container is started anew:
 * until somebody has stopped the unit, or deployed another tag, it cannot be started.
 */
export class KeptTags {
  /** Another map after each change. */
  now: Tags = new Map();

  /** What was so in an earlier life of svc. */
  remember(tags: Tags): void {
    this.now = tags;
  }

  /** These may go without. */
  forget(names: readonly string[]): void {
    if (!names.some((name) => this.now.has(name))) return;
    this.now = new Map([...this.now].filter(([name]) => !names.includes(name)));
  }

  /** The units, those that have lost their tags kept from a launch. */
  judge(units: ReadonlyMap<string, Unit>): ReadonlyMap<string, Unit> {
    const tags = new Map([...units].flatMap(([name, unit]) => tagOf(unit, this.now.get(name))));
    if (!isDeepStrictEqual(tags, this.now)) this.now = tags;
    return new Map([...units].map(([name, unit]) => [name, judged(unit, tags.get(name)?.tag)]));
  }
}

/** The one before counts as long as its file is the unit's and nothing else is wrong. A digest stands by itself. */
function tagOf(
  { name, launch, tagFile }: Unit,
  before: ReturnType<Tags["get"]>,
): [string, { tag: string; file: string }][] {
  if (launch.ok && launch.isTagOfFile && launch.tag !== null) return [[name, { tag: launch.tag, file: tagFile }]];
  const isOver = before?.file !== tagFile || (launch.ok && launch.image.includes("@"));
  return before === undefined || isOver ? [] : [[name, before]];
}

function judged(unit: Unit, tag: string | undefined): Unit {
  const { name, launch, tagFile } = unit;
  if (tag === undefined || !launch.ok || launch.isTagOfFile) return unit;
  const message = `its tag is gone: ${tagFile} said ${tag}, and is not there`;
  const hint = `write it again:  echo 'export TAG=${tag}' >${tagFile}   (or, to go without: svc stop ${name}; svc start ${name})`;
  const bareImage = splitReference(launch.image).bare;
  return { ...unit, launch: { ok: false, code: "missing-tag", message, hint, bareImage } };
}
