import type { Unit } from "../unit/unit.ts";

type Tags = ReadonlyMap<string, string>;

/**
 * What the TAG file of each unit said last. One that is gone, as where its disk is not mounted, must not make `:latest` of a build
 * when a container is started anew: until somebody has stopped the unit it cannot be started without.
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
    const tags = new Map([...this.now].filter(([name]) => units.has(name)));
    const judged = new Map([...units].map(([name, unit]) => [name, judgeOne(unit, tags)]));
    const isSame = tags.size === this.now.size && [...tags].every(([name, tag]) => this.now.get(name) === tag);
    if (!isSame) this.now = tags;
    return judged;
  }
}

function judgeOne(unit: Unit, tags: Map<string, string>): Unit {
  const { name, launch, tagFile } = unit;
  if (!launch.ok) return unit;
  if (launch.isTagOfFile && launch.tag !== null) tags.set(name, launch.tag);
  const tag = tags.get(name);
  // A digest stands by itself.
  if (tag === undefined || launch.isTagOfFile || launch.image.includes("@")) return unit;
  const message = `its tag is gone: ${tagFile} said ${tag}, and is not there`;
  const hint = `write it again:  echo 'export TAG=${tag}' >${tagFile}   (or, to go without: svc stop ${name}; svc start ${name})`;
  return { ...unit, launch: { ok: false, code: "lost-tag", message, hint } };
}
