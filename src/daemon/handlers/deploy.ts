import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { AppOnHost, Ask, PullProgress, Switched } from "../../control/request.ts";
import type { Handlers } from "../../control/server.ts";
import { SvcError } from "../../svc-error.ts";
import { bringImage } from "../bring-image.ts";
import type { Daemon } from "../context.ts";
import { holdLock, lockedBy, lockedError, takeLease } from "../deploy/app-lock.ts";
import { type App, appOf, checkedTag, imageWith, refuseUnknown, tagIn, wantedUnits } from "../deploy/app-units.ts";
import { openRecord, refuseOvertaken } from "../deploy/open-record.ts";
import { isOn, switchBack, switchTag } from "../deploy/switch-tag.ts";
import { isoNow } from "../iso-now.ts";
import { type Reply, refuseWhileAway } from "./wish-and-wait.ts";

type Names =
  | "deploy-look"
  | "deploy-lock"
  | "deploy-pull"
  | "deploy-task-done"
  | "deploy-switch"
  | "deploy-back"
  | "deploy-revert"
  | "deploy-prune"
  | "deploys"
  | "lock"
  | "unlock";

/** This host's part of deploys; who asks for them is src/deploy. */
export function deployHandlers(daemon: Daemon): Pick<Handlers, Names> {
  const { deploys, supervisor, clock } = daemon;
  const jobs = new Map<string, Job>();
  return {
    "deploy-look": (ask) => look(ask, daemon),
    "deploy-lock": (ask, reply) => holdLock(ask, reply, daemon),
    "deploy-pull": async ({ app: name, tag }, reply) => {
      const app = appOf(name, supervisor.world);
      const image = imageWith(app, checkedTag(tag));
      const because = `its image ${image} is pulled`;
      const onProgress = (pull: PullProgress) => reply.progress({ unit: name, phase: "pulling", because, pull });
      await bringImage(image, app.units, { onProgress, signal: reply.signal, anew: true }, daemon);
      const found = await daemon.engine.image(image);
      return { digest: found?.digests[0]?.replace(/^.*@/, "") ?? found?.id ?? "" };
    },
    "deploy-task-done": async ({ task, ...ask }) => {
      const record = await openRecord(ask, appOf(ask.app, supervisor.world), daemon);
      await deploys.write({ ...record, tasks: [...new Set([...record.tasks, task])] });
      return null;
    },
    "deploy-switch": (ask, reply) => joined(`to ${ask.id}`, ask, () => switchTag(ask, lasting(reply), daemon)),
    "deploy-back": (ask, reply) =>
      joined(`back ${ask.id}`, ask, async () => {
        // Who lost the connection to a switch does not know that it goes on; two at once would leave either tag.
        await jobs.get(`to ${ask.id}`)?.outcome.catch(() => undefined);
        return switchBack(ask, lasting(reply), daemon);
      }),
    "deploy-revert": (ask, reply) =>
      joined(`to ${ask.id}`, ask, async () => {
        const app = appOf(ask.app, supervisor.world);
        const holder = lockedBy(ask.app, daemon);
        const isOwn = ask.session !== undefined && daemon.leases.get(ask.app)?.session === ask.session;
        if (holder && !isOwn) throw lockedError(ask.app, holder);
        const tag = deploys.of(ask.id)?.to ?? (await revertTag(app, ask.units, daemon));
        return switchTag({ ...ask, tag }, lasting(reply), daemon, "keep REVERT");
      }),
    "deploy-prune": ({ app, keep }) => prune(app, keep ?? keptImages, daemon),
    deploys: async ({ app }) => {
      const all = deploys.all(app);
      if (app !== undefined && all.length === 0) appOf(app, supervisor.world);
      return all;
    },
    lock: async ({ app, who, why }) => {
      appOf(app, supervisor.world);
      const holder = lockedBy(app, daemon);
      if (holder) throw lockedError(app, holder);
      await deploys.setLock(app, { who, why, since: isoNow(clock) });
      return null;
    },
    unlock: async ({ app, force }) => {
      if (!lockedBy(app, daemon)) appOf(app, supervisor.world);
      await deploys.setLock(app, null);
      takeLease(app, force ?? false, daemon);
      return null;
    },
  };

  /** Goes on when its client has hung up. Who asks again meanwhile waits for the same, and who did so before is told how it ended. */
  function joined(name: string, ask: JobAsk, work: () => Promise<Switched>): Promise<Switched> {
    const known = jobs.get(name);
    const isSame = ask.session !== undefined && known?.session === ask.session;
    if (known && (!known.isOver || isSame)) return known.outcome;
    const deployed = daemon.deploying(ask.app);
    const job: Job = { session: ask.session, isOver: false, outcome: work().finally(deployed) };
    jobs.set(name, job);
    job.outcome
      .finally(() => {
        job.isOver = true;
        clock.after(rememberedMs, () => jobs.get(name) === job && jobs.delete(name));
      })
      .catch(() => undefined);
    return job.outcome;
  }
}

type JobAsk = { readonly app: string; readonly session?: string };
type Job = { readonly session: string | undefined; isOver: boolean; readonly outcome: Promise<Switched> };

/** Who lost the connection asks again within a deadline or two. */
const rememberedMs = 3_600_000;

/** What is begun for a client does not end with its connection. */
function lasting(reply: Reply): Reply {
  return { ...reply, signal: new AbortController().signal };
}

async function look({ app: name, tag, id, units }: Ask<"deploy-look">, daemon: Daemon): Promise<AppOnHost> {
  refuseWhileAway(daemon, "nothing was touched");
  await daemon.source.read();
  const { world } = daemon.supervisor;
  const app = appOf(name, world);
  refuseUnknown(app, units);
  if (id !== undefined && tag !== undefined) await refuseOvertaken({ id, tag: checkedTag(tag) }, app, daemon);
  const tagNow = await tagIn(app.tagFile);
  const disk = await statfs(dirname(app.tagFile)).catch(() => statfs("/"));
  return {
    version: daemon.version,
    units: wantedUnits(app, world, units).map((unit) => unit.name),
    tag: tagNow,
    revert: await tagIn(app.revertFile),
    isOnTag: await isOn(app, tagNow, units, daemon),
    image: imageWith(app, tag === undefined ? (tagNow ?? "latest") : checkedTag(tag)),
    freeBytes: disk.bavail * disk.bsize,
    lockedBy: lockedBy(name, daemon),
    tasks: await tasksOfDeploys(app, daemon),
  };
}

async function tasksOfDeploys(app: App, { engine }: Daemon): Promise<readonly string[]> {
  const ofTag = imageWith(app, (await tagIn(app.tagFile)) ?? "latest");
  return (await engine.list())
    .filter(({ labels, state, image }) => labels["svc.oneoff"] === app.name && state === "running" && image !== ofTag)
    .map(({ name }) => name);
}

/** After a revert TAG and REVERT are the same: there is no way further back, but where it did not get so far. */
async function revertTag(app: App, units: readonly string[] | undefined, daemon: Daemon): Promise<string> {
  const [tag, revert] = [await tagIn(app.tagFile), await tagIn(app.revertFile)];
  if (revert === null) {
    throw new SvcError("missing-tag", `${app.name} has no REVERT here`, {
      hint: `name a tag: svc deploy ${app.name} TAG`,
    });
  }
  if (revert === tag && (await isOn(app, tag, units, daemon))) {
    throw new SvcError("missing-tag", `${app.name} is on ${tag} already, which is what REVERT says`, {
      hint: `name a tag: svc deploy ${app.name} TAG   (svc deploys ${app.name} shows which there were)`,
    });
  }
  return revert;
}

const keptImages = 5;

async function prune(
  name: string,
  keep: number,
  { supervisor, engine }: Daemon,
): Promise<{ removed: readonly string[] }> {
  const app = appOf(name, supervisor.world);
  const tags = [await tagIn(app.tagFile), await tagIn(app.revertFile)];
  const image = imageWith(app, "latest");
  const repository = image.slice(0, -":latest".length);
  const kept = new Set(tags.map((tag) => `${repository}:${tag}`));
  const all = (await engine.images(repository)).map(({ reference }) => reference);
  const removed = all.filter((reference, at) => at >= keep && !kept.has(reference));
  for (const reference of removed) await engine.removeImage(reference);
  return { removed };
}
