import { randomUUID } from "node:crypto";
import type { Call } from "../../plan/call.ts";
import { isRunning, ownContainer } from "../../plan/conditions.ts";
import type { Answer, Fact } from "../../plan/fact.ts";
import { badTag } from "../../plan/trial.ts";
import { stateOf } from "../../plan/world.ts";
import { messageOf, SvcError } from "../../svc-error.ts";
import type { AlertName, Unit } from "../../unit/unit.ts";
import { bringImage } from "../bring-image.ts";
import type { Daemon } from "../context.ts";
import { isoNow } from "../iso-now.ts";
import { lockedBy, lockedError } from "./app-lock.ts";
import { type App, appOf, imageWith, tagIn, wantedUnits, writeTag } from "./app-units.ts";

type PutBack = Extract<Call, { call: "put-back" }>;

/** Of several units of one app that fail with the same tag the first puts it back, and the others find it done. */
export function puttingBack(
  daemon: () => Daemon,
  alert: (event: AlertName, unit: Unit, because: string) => void,
): (unit: string, call: PutBack) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (name, call) => {
    const answer = last.then(async (): Promise<Answer> => {
      try {
        await putBack(name, call, daemon(), alert);
        return { ok: true };
      } catch (error) {
        return { ok: false, kind: "not-put-back", message: messageOf(error) };
      }
    });
    last = answer;
    return answer;
  };
}

/**
 * `on_bad_tag: revert`. The image is brought first; then TAG becomes what it was, and all units of the app that are to be up follow. REVERT stays
 * as it is, so that it says what TAG says, as after any revert, and what is put back is never put back again.
 */
async function putBack(
  name: string,
  { from, to }: PutBack,
  daemon: Daemon,
  alert: (event: AlertName, unit: Unit, because: string) => void,
): Promise<void> {
  const { supervisor, source, events, deploys, leases, clock, uncut } = daemon;
  const unit = supervisor.world.units.get(name);
  const bad = unit ? badTag(unit, supervisor.world) : null;
  if (!unit || !bad) return;
  const app = appOf(unit.app, supervisor.world);
  const holder = lockedBy(app.name, daemon);
  if (holder) throw lockedError(app.name, holder);
  const startedAt = isoNow(clock);
  const lease = { who: "svc", why: `puts ${to} back`, since: startedAt, session: null, lose: () => undefined };
  leases.set(app.name, lease);
  try {
    if (!(await isToBePutBack(app, from))) {
      await source.read();
      return;
    }
    const revertBefore = await tagIn(app.revertFile);
    const bringing = { signal: new AbortController().signal, onProgress: () => undefined };
    await bringImage(imageWith(app, to), app.units, bringing, daemon);
    // A pull is bounded by minutes only: nothing waits for it before svc is replaced, and nothing was touched by then.
    await uncut.begin(`put-back of ${name}`, async () => {
      await writeTag(app.tagFile, to);
      await source.read();
      supervisor.tell(...wishesToFollow(app, to, daemon));
      await daemon.save();
      const because = `${bad.words}; ${to} was put back`;
      events.add({ unit: name, event: "reverted", phase: null, because });
      alert("reverted", unit, because);
      const record = { id: randomUUID(), app: app.name, who: "svc", from, to, revertBefore, digest: null, tasks: [] };
      await deploys.write({
        ...record,
        startedAt,
        endedAt: isoNow(clock),
        result: "done",
        because: `${name}: ${because}`,
      });
    });
  } finally {
    if (leases.get(app.name) === lease) leases.delete(app.name);
  }
}

/** false: TAG says something else already. */
async function isToBePutBack(app: App, from: string): Promise<boolean> {
  const tag = await tagIn(app.tagFile);
  if (tag === null) throw new SvcError("missing-tag", `its tag does not come from ${app.tagFile}`);
  if (tag !== from) return false;
  if ((await tagIn(app.revertFile)) === from)
    throw new SvcError("missing-tag", `${from} was put back itself, as REVERT says`);
  return true;
}

function wishesToFollow({ name }: App, to: string, { supervisor: { world } }: Daemon): readonly Fact[] {
  return wantedUnits(appOf(name, world), world)
    .filter((unit) => {
      const container = ownContainer(unit, world);
      return !isRunning(container) || container.made.tag !== to;
    })
    .map((unit) => {
      const { wish, container } = stateOf(world, unit.name);
      const generation = Math.max(wish.generation, container?.generation ?? 0) + 1;
      return { fact: "wished", unit: unit.name, wish: { ...wish, generation }, anew: true };
    });
}
