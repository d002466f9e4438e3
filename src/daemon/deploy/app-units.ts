import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stateOf, type World } from "../../plan/world.ts";
import { SvcError } from "../../svc-error.ts";
import { parseTag } from "../../unit/app-files/tag-file.ts";
import { splitReference } from "../../unit/image-reference.ts";
import { similar } from "../../unit/similar.ts";
import type { Unit } from "../../unit/unit.ts";
import { writeFileSafely } from "../../unit/write-file-safely.ts";

/** An app on this host: its units share one TAG file. */
export type App = {
  readonly name: string;
  readonly units: readonly Unit[];
  readonly tagFile: string;
  readonly revertFile: string;
};

/** The app of that name, whose units must agree on where their tag is. */
export function appOf(name: string, world: World): App {
  const all = [...world.units.values()].filter((unit) => unit.app === name);
  const [first] = all;
  if (!first) {
    const near = similar(name, [...new Set([...world.units.values()].map(({ app }) => app))]);
    throw new SvcError("unknown-unit", `there is no app ${name} here`, {
      hint: near
        ? `did you mean ${near}?`
        : "svc list shows all units; a unit's app is its name unless app: says otherwise",
    });
  }
  const other = all.find(({ tagFile }) => tagFile !== first.tagFile);
  if (other) {
    throw new SvcError("invalid-unit", `${first.name} and ${other.name} of ${name} have different TAG files`, {
      hint: `${first.tagFile} and ${other.tagFile}: give them one tag_file, or another app`,
    });
  }
  return { name, units: all, tagFile: first.tagFile, revertFile: join(dirname(first.tagFile), "REVERT") };
}

/** Units that a deploy restarts, of all or of those named: what the operator has stopped stays stopped. */
export function wantedUnits({ units }: App, world: World, only?: readonly string[]): readonly Unit[] {
  return units
    .filter(({ name }) => only === undefined || only.includes(name))
    .filter(({ name, type }) => type === "service" && stateOf(world, name).wish.want === "up");
}

/** What a role says runs here must be known here. */
export function refuseUnknown({ name: app, units }: App, only: readonly string[] = []): void {
  const unknown = only.filter((name) => !units.some((unit) => unit.name === name));
  const [first] = unknown;
  if (first === undefined) return;
  const all = units.map(({ name }) => name);
  const near = similar(first, all);
  throw new SvcError(
    "unknown-unit",
    `${unknown.join(", ")} ${unknown.length > 1 ? "are no units" : "is no unit"} of ${app} here`,
    {
      hint: near ? `did you mean ${near}?` : `these are: ${all.join(", ")}`,
    },
  );
}

/** The image of the app's units with another tag. */
export function imageWith(app: App, tag: string): string {
  const launches = app.units.map(({ launch }) => launch);
  const images = launches.map((launch) => (launch.ok ? splitReference(launch.image).bare : launch.bareImage));
  const bare = images.find((image) => image !== undefined);
  if (bare !== undefined) return `${bare}:${tag}`;
  const wrong = launches.flatMap((launch) => (launch.ok ? [] : [launch.message]))[0];
  throw new SvcError("cannot-start", wrong ?? `${app.name} has no image`, { hint: "svc check" });
}

/** null: there is no such file, or it holds no tag. */
export async function tagIn(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  const read = text === null ? null : parseTag(text);
  return read?.ok ? read.tag : null;
}

export async function writeTag(file: string, tag: string): Promise<void> {
  await writeFileSafely(file, `export TAG=${tag}\n`, 0o644);
}

/** A tag that no engine would take is refused before anything is done. */
export function checkedTag(tag: string): string {
  const read = parseTag(`TAG=${tag}`);
  if (read.ok && read.tag === tag) return tag;
  throw new SvcError("missing-tag", `${JSON.stringify(tag)} is no tag`, {
    hint: "letters, digits, _ . and -, at most 128",
  });
}
