import { rm } from "node:fs/promises";
import type { Ask, DeployRecord, Switched } from "../../control/request.ts";
import { isReady, ownContainer } from "../../plan/conditions.ts";
import { messageOf, SvcError } from "../../svc-error.ts";
import type { Daemon } from "../context.ts";
import { bringNextImage, handOverFirst, unitsToRestart, wishesToRestart } from "../handlers/restart.ts";
import type { Reply } from "../handlers/wish-and-wait.ts";
import { isoNow } from "../iso-now.ts";
import { type App, appOf, checkedTag, tagIn, wantedUnits, writeTag } from "./app-units.ts";
import { type Failure, passGate } from "./gate.ts";
import { openRecord } from "./open-record.ts";

const usualGate = { minHealthyMs: 10_000, deadlineMs: 60_000 };
const lastLines = 100;

type Asked = Ask<"deploy-switch">;

/**
 * One host's part of a deploy, in an order in which it may be cut off anywhere and asked for again: what TAG was goes into the
 * journal, then into REVERT, then TAG is written, then the units are restarted and watched. REVERT is written from the journal, so
 * that asking twice does not make the new tag its own way back.
 */
export async function switchTag(
  ask: Asked,
  reply: Reply,
  daemon: Daemon,
  revert: "write REVERT" | "keep REVERT" = "write REVERT",
): Promise<Switched> {
  const app = appOf(ask.app, daemon.supervisor.world);
  const to = checkedTag(ask.tag);
  const record = await openRecord({ ...ask, tag: to }, app, daemon);
  const { from } = record;
  if (record.result === "done" && (await isOn(app, to, ask.units, daemon)))
    return { ok: true, from, to, because: "it was switched before, and all its units are ready", lastLines: [] };
  await daemon.deploys.write({ ...record, result: "running", endedAt: null });
  if (revert === "write REVERT" && from !== null && from !== to) await writeTag(app.revertFile, from);
  const switched = await putTag(app, to, ask, reply, daemon);
  await finish(ask.id, switched.ok ? "done" : "failed", switched.because, daemon);
  return { ...switched, from, to };
}

/** The way back of that deploy on this host. What is not in the journal has not begun: nothing is to be put back. */
export async function switchBack(ask: Asked, reply: Reply, daemon: Daemon): Promise<Switched> {
  const app = appOf(ask.app, daemon.supervisor.world);
  const record = daemon.deploys.of(ask.id);
  if (!record) {
    const tag = (await tagIn(app.tagFile)) ?? "";
    return { ok: true, from: tag, to: tag, because: "it was not touched", lastLines: [] };
  }
  const { from } = record;
  if (from === null) {
    throw new SvcError("deploy-stuck", `${app.name} had no TAG before deploy ${ask.id}`, {
      hint: `write the tag that is to run into ${app.tagFile}, then: svc restart ${app.units.map(({ name }) => name).join(" ")}`,
    });
  }
  const switched = await putTag(app, from, ask, reply, daemon);
  if (record.revertBefore !== null) await writeTag(app.revertFile, record.revertBefore);
  else await rm(app.revertFile, { force: true });
  await finish(ask.id, switched.ok ? "reverted" : "stuck", switched.because, daemon);
  return { ...switched, from: record.to, to: from };
}

/** TAG says so, and what is to be up is ready with it. */
export async function isOn(
  app: App,
  tag: string | null,
  only: Asked["units"],
  { supervisor, clock }: Daemon,
): Promise<boolean> {
  const { world } = supervisor;
  const units = wantedUnits(app, world, only);
  const areOn = units.every((unit) => ownContainer(unit, world)?.made.tag === tag && isReady(unit, world, clock.now()));
  return tag !== null && areOn && (await tagIn(app.tagFile)) === tag;
}

async function putTag(
  app: App,
  tag: string,
  ask: Asked,
  reply: Reply,
  daemon: Daemon,
): Promise<Pick<Switched, "ok" | "because" | "lastLines">> {
  const { supervisor, source, runs } = daemon;
  try {
    await writeTag(app.tagFile, tag);
    await source.read();
    const names = wantedUnits(appOf(app.name, supervisor.world), supervisor.world, ask.units).map(({ name }) => name);
    if (names.length === 0) return { ok: true, because: "none of its units is to be up", lastLines: [] };
    const units = await unitsToRestart(names, daemon);
    for (const unit of units.all) await bringNextImage(unit, reply, daemon);
    const handed = await handOverFirst(units, reply, daemon);
    if (handed.failure) return await failed(handed.failure);
    supervisor.tell(...wishesToRestart(handed.rest, {}, daemon).facts);
    await daemon.save();
    const gate = {
      minHealthyMs: ask.minHealthyMs ?? usualGate.minHealthyMs,
      deadlineMs: ask.deadlineMs ?? usualGate.deadlineMs,
    };
    const failure = await passGate(units.all, gate, reply.progress, daemon);
    if (failure === null) return { ok: true, because: "all its units are ready", lastLines: [] };
    return await failed(failure);
  } catch (error) {
    return { ok: false, because: messageOf(error), lastLines: [] };
  }

  async function failed(failure: NonNullable<Failure>): Promise<Pick<Switched, "ok" | "because" | "lastLines">> {
    const unit = supervisor.world.units.get(failure.unit);
    await runs.recordedSoFar();
    const recorded = daemon.records.last(failure.unit)?.lastLines ?? [];
    const lines = unit ? runs.logOf(unit).lastLines(lastLines) : [];
    return {
      ok: false,
      because: `${failure.unit}: ${failure.because}`,
      lastLines: lines.length > 0 ? lines : recorded,
    };
  }
}

async function finish(id: string, result: DeployRecord["result"], because: string, daemon: Daemon): Promise<void> {
  const record = daemon.deploys.of(id);
  if (!record) return;
  const { world } = daemon.supervisor;
  const made = appOf(record.app, world).units.flatMap((unit) => ownContainer(unit, world)?.made ?? []);
  const digest = record.digest ?? made.find(({ tag, imageId }) => tag === record.to && imageId !== "")?.imageId ?? null;
  await daemon.deploys.write({ ...record, result, because, digest, endedAt: isoNow(daemon.clock) });
}
