import type { Clock } from "../clock/clock.ts";
import type { ContainerDetail, ContainerSummary, Engine, EngineEvent, EngineVersion } from "../engine/engine.ts";
import type { Exit, Fact, SeenContainer } from "../plan/fact.ts";
import type { Container, UnitState, World } from "../plan/world.ts";
import { stateOf } from "../plan/world.ts";
import { messageOf } from "../svc-error.ts";
import { signalName, signalOf } from "../unit/signals.ts";
import type { Unit } from "../unit/unit.ts";
import { containerOf } from "./labels.ts";
import { exitWords, signalOfExit } from "./output/exit-words.ts";
import type { Beginning, Runs } from "./runs.ts";

/** Events get lost around a reconnect: every so often the list is looked at again. */
const relistEveryMs = 60_000;
/**
 * An engine that hangs says nothing, and nothing is lost to notice: when it was silent for so long it is asked whether it is there.
 * One that starts a hundred containers at once answers late: it is asked more than once, and whatever it says counts.
 */
const pulseEveryMs = 5_000;
const pulseTries = 4;
const firstRetryMs = 100;
const longestRetryMs = 1_000;

type HealthEvent = Extract<EngineEvent, { readonly kind: "health" }>;

/** A world as it is now, and how it is told of what happens. */
export type Home = { readonly world: World; readonly tell: (...facts: Fact[]) => void };

export type EngineLink = {
  /** Looks at the engine for the first time, and from then on. */
  readonly open: () => void;
  /** A call found that the engine does not answer. */
  readonly lost: () => void;
  /** A call about the unit is over: a list that left it out because of the call is made again. `heard`: the engine answered it. */
  readonly answered: (unit: string, heard: boolean) => void;
  readonly version: () => EngineVersion | null;
  /**
   * What is known of a container without asking: how it began, and its state, if every event since then was heard. How it ended is in
   * the events too, and an engine that clears up after a container answers nothing about it until that is done.
   */
  readonly known: (unit: string, id: string) => (Beginning & Pick<Container, "state">) | null;
  /** Looks at all containers once more; resolves when the worlds have been told. */
  readonly look: () => Promise<void>;
  /** When it was last found out whether the engine answers, whatever came of it; an instant of the clock. */
  readonly lookedAt: () => number;
  /** From here on it tells of nothing: what happens is for the next program to find. */
  readonly close: () => void;
};

/**
 * Keeps the world in step with the engine: subscribe, then list, then follow the events; on every loss the same from the
 * start. Events are hints that make it look; a list or an inspect is the truth.
 */
export function linkEngine(options: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly runs: Runs;
  readonly boot: string;
  readonly world: () => World;
  readonly tell: (...facts: Fact[]) => void;
  /** Worlds of containers that stand beside those of the units; a container is in one world at a time. */
  readonly beside: () => Iterable<Home>;
  /** The containers that were found when the engine was first reached, before they are told. */
  readonly onFirstList: (seen: ReadonlyMap<string, SeenContainer>) => void;
  readonly log: { info(message: string): void; warn(message: string): void };
}): EngineLink {
  const { engine, clock, runs, world, tell } = options;
  let closed = false;
  let first = true;
  let version: EngineVersion | null = null;
  let lookedAt = clock.now();
  let heardAt = clock.now();
  let followedSince = Number.POSITIVE_INFINITY;
  let lose: () => void = () => undefined;
  let listing: Promise<void> | null = null;
  let listAgain = false;
  const main: Home = {
    get world() {
      return world();
    },
    tell,
  };
  const latestHealth = new Map<string, HealthEvent>();
  const outOfMemory = new Set<string>();
  const killedByHand = new Set<string>();
  const leftOut = new Set<string>();
  const deaths = new Map<string, Promise<void>>();
  return {
    open: () => void run(),
    lost: () => lose(),
    answered(unit, heard) {
      if (heard) heardAt = clock.now();
      // After the answer is told, so that the list does not find the call in flight again.
      if (leftOut.delete(unit)) clock.after(0, () => void relist().catch(() => lose()));
    },
    version: () => version,
    known,
    look: relist,
    lookedAt: () => lookedAt,
    close: () => {
      closed = true;
      lose();
    },
  };

  /** Where that container belongs; one that nobody knows belongs to the units. */
  function homeOf(id: string): Home {
    for (const home of options.beside()) if (idsIn(home.world).includes(id)) return home;
    return main;
  }

  async function run(): Promise<void> {
    let retryMs = firstRetryMs;
    let toldAway = false;
    while (!closed) {
      try {
        version = await ping();
        await follow(() => {
          if (toldAway) options.log.info("the engine answers again");
          toldAway = false;
          retryMs = firstRetryMs;
        });
        if (!closed) options.log.warn("the connection to the engine was lost");
      } catch (error) {
        if (!toldAway) options.log.warn(`the engine does not answer: ${messageOf(error)}`);
        toldAway = true;
      }
      if (closed) return;
      version = null;
      for (const home of [main, ...options.beside()]) home.tell({ fact: "engine-away" });
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    }
  }

  /** Returns when the connection is lost. */
  async function follow(onReady: () => void): Promise<void> {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    lose = resolve;
    const unsubscribe = await engine.events(onEvent, resolve);
    followedSince = clock.now();
    const cancels: (() => void)[] = [];
    try {
      await relist();
      onReady();
      cancels.push(again(relistEveryMs, relist, resolve));
      cancels.push(again(pulseEveryMs, pulse, resolve));
      await ended;
    } finally {
      for (const cancel of cancels) cancel();
      unsubscribe();
    }
  }

  async function pulse(): Promise<void> {
    lookedAt = clock.now();
    for (let attempt = 1; clock.now() - heardAt >= pulseEveryMs; attempt++) {
      await ping().catch((error: unknown) => {
        if (attempt === pulseTries) throw error;
      });
    }
  }

  async function ping(): Promise<EngineVersion> {
    try {
      const answer = await engine.ping();
      heardAt = clock.now();
      return answer;
    } finally {
      lookedAt = clock.now();
    }
  }

  /** Does it again and again, so long after it was done, until it fails or the returned function is called. */
  function again(everyMs: number, work: () => Promise<unknown>, onFailure: () => void): () => void {
    let cancelled = false;
    let cancel: () => void = () => undefined;
    const wait = (): void => {
      if (!cancelled) cancel = clock.after(everyMs, () => void work().then(wait, onFailure));
    };
    wait();
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** One listing at a time; a wish for another during it is one more after it. */
  function relist(): Promise<void> {
    if (listing) {
      listAgain = true;
      return listing;
    }
    listing = (async () => {
      do {
        listAgain = false;
        await listOnce();
      } while (listAgain && !closed);
    })().finally(() => {
      listing = null;
    });
    return listing;
  }

  async function listOnce(): Promise<void> {
    const before = world();
    const besides = [...options.beside()].map((home) => ({ home, before: home.world }));
    const summaries = await engine.list();
    const elsewhere = new Set(besides.flatMap(({ before: there }) => idsIn(there)));
    const free = summaries.filter(({ id }) => !elsewhere.has(id));
    const seen = new Map<string, SeenContainer>();
    await Promise.all(
      [...before.units.values()].map(async (unit) => {
        const known = stateOf(before, unit.name).container;
        const summary = pick(unit, free, stateOf(before, unit.name));
        if (known && summary && isAsKnown(summary, known)) {
          seen.set(unit.name, { container: known, exit: null });
          return;
        }
        const detail = summary ? await engine.inspect(summary.id) : null;
        if (detail) seen.set(unit.name, seeContainer(unit, detail, before));
      }),
    );
    // What changed while the list was made is newer than the list; so is a unit that was written meanwhile.
    for (const name of new Set([...before.units.keys(), ...world().states.keys()])) {
      const was = stateOf(before, name);
      const is = stateOf(world(), name);
      if (was.call === null && is.call === null && was.container === is.container) continue;
      if (is.call) leftOut.add(name);
      if (is.container) seen.set(name, { container: is.container, exit: null });
      else seen.delete(name);
    }
    if (closed) return;
    if (first) options.onFirstList(seen);
    first = false;
    tell({ fact: "listed", containers: seen });
    await Promise.all(besides.map((one) => listBeside(one.home, one.before, summaries)));
  }

  /** A container beside a unit's own is found by its id or its very name. */
  async function listBeside(home: Home, before: World, summaries: readonly ContainerSummary[]): Promise<void> {
    const seen = new Map<string, SeenContainer>();
    for (const unit of before.units.values()) {
      const { container, call } = stateOf(before, unit.name);
      if (call) return;
      const taken = [main, ...options.beside()].filter((one) => one !== home).flatMap((one) => idsIn(one.world));
      const summary = container
        ? summaries.find(({ id }) => id === container.id)
        : summaries.find(({ id, name }) => name === unit.container && !taken.includes(id));
      const detail = summary ? await engine.inspect(summary.id) : null;
      if (detail) seen.set(unit.name, seeContainer(unit, detail, before));
    }
    // What changed while the list was made is newer than the list.
    if (home.world === before) home.tell({ fact: "listed", containers: seen });
  }

  /** The list says all there is to know of it: only health and what it writes need another look. */
  function isAsKnown(summary: ContainerSummary, known: Container): boolean {
    const isFollowed = known.unit === null || runs.isFollowed(known.id);
    const isSame = summary.id === known.id && summary.name === known.name && summary.state === known.state;
    return isSame && known.health === "none" && isFollowed;
  }

  function seeContainer(unit: Unit, detail: ContainerDetail, before: World): SeenContainer {
    const now = clock.now();
    const known = stateOf(before, unit.name).container;
    const startedAt = detail.startedAt === null ? now : now - Math.max(0, clock.date() - detail.startedAt);
    const container =
      known?.id === detail.id
        ? { ...known, name: detail.name, state: detail.state, health: detail.health, lastCheck: detail.lastCheck }
        : containerOf(detail, { startedAt, watchedSince: now, adopted: true });
    const alive = detail.state === "running" || detail.state === "paused";
    const ours = container.unit === unit.name;
    if (alive && ours) runs.resume(unit, detail);
    // A container in `created` never ran: there is no end to record.
    if (alive || detail.state === "created") return { container, exit: null };
    const exit = exitOf(detail, detail.exitCode);
    if (ours && known?.state !== "exited") record(unit.name, detail, exit, { container, tty: detail.tty });
    // How it ended before the host was booted says nothing about what is wished now.
    return { container, exit: detail.labels["svc.boot"] === options.boot ? exit : null };
  }

  function onEvent(event: EngineEvent): void {
    if (closed) return;
    heardAt = clock.now();
    const { id } = event;
    const home = homeOf(id);
    const unit = unitOfEvent(event, home.world);
    if (!unit) return;
    const { container, call } = stateOf(home.world, unit.name);
    const isCurrent = container?.id === id;
    switch (event.kind) {
      case "die":
        if (isCurrent) deaths.set(id, onDeath(unit, id, event.exitCode));
        else options.log.info(`a container named ${event.name} ended`);
        return;
      case "destroy":
        // `docker rm -f` ends and removes at once: how it ended is told first.
        void Promise.resolve(deaths.get(id)).then(() => {
          homeOf(id).tell({ fact: "gone", unit: unit.name, id });
          deaths.delete(id);
          outOfMemory.delete(id);
          killedByHand.delete(id);
          void runs.recorded(id);
        });
        return;
      case "oom":
        outOfMemory.add(id);
        return;
      case "health":
        void onHealth(unit, event);
        return;
      case "pause":
      case "unpause":
        home.tell({ fact: "paused", unit: unit.name, id, paused: event.kind === "pause" });
        return;
      case "kill":
        if (isCurrent && !container?.stopping && !isMessage(event.signal)) killedByHand.add(id);
        return;
      case "create":
      case "start":
      case "rename":
        // Our own launches are known already; anything else that takes or leaves the name is looked at.
        if (!isCurrent && call?.call.call !== "launch") void relist().catch(() => lose());
        if (event.kind === "rename") void relist().catch(() => lose());
        return;
      default:
        event satisfies never;
    }
  }

  /** The event does not say what the healthcheck said: of one that fails the container does. */
  async function onHealth(unit: Unit, event: HealthEvent): Promise<void> {
    const { id, health } = event;
    latestHealth.set(id, event);
    const detail = health === "unhealthy" ? await engine.inspect(id).catch(() => null) : null;
    if (latestHealth.get(id) !== event) return;
    latestHealth.delete(id);
    const lastCheck = detail?.lastCheck ?? null;
    homeOf(id).tell({ fact: "health", unit: unit.name, id, health, lastCheck });
  }

  async function onDeath(unit: Unit, id: string, code: number): Promise<void> {
    const detail = known(unit.name, id) ?? (await engine.inspect(id).catch(() => null));
    if (closed) return;
    const how = { sawOutOfMemory: outOfMemory.has(id), byHand: killedByHand.has(id) };
    const exit = exitOf(detail, code, how);
    const home = homeOf(id);
    const { container } = stateOf(home.world, unit.name);
    if (container?.id === id && container.unit === unit.name) record(unit.name, detail, exit, { container, tty: null });
    home.tell({ fact: "died", unit: unit.name, id, exit });
    options.log.info(`${unit.name}: ${exit.words}`);
  }

  function known(unit: string, id: string): ReturnType<EngineLink["known"]> {
    const { container } = stateOf(homeOf(id).world, unit);
    if (container?.id !== id || container.startedAt < followedSince) return null;
    const atStart = runs.atStart(id);
    return atStart && { ...atStart, state: container.state };
  }

  function record(
    unit: string,
    detail: Beginning | null,
    exit: Exit,
    { container, tty }: { readonly container: Container; readonly tty: boolean | null },
  ): void {
    if (closed) return;
    const by = container.stopping
      ? "asked"
      : killedByHand.has(container.id)
        ? "external"
        : exit.code === null
          ? "unknown"
          : "itself";
    void runs.ended(
      {
        unit,
        container: container.id,
        image: container.made.image,
        tag: container.made.tag,
        startedAt: detail?.startedAt ?? null,
        endedAt: detail?.finishedAt ?? clock.date(),
        code: exit.code,
        signal: exit.signal,
        oom: exit.oom,
        by,
        words: [exit.words, ...reasonsOf(container)].join("; "),
        parts: container.made.parts,
      },
      world().units.get(unit) ?? null,
      tty,
    );
  }
}

function idsIn({ states }: World): readonly string[] {
  return [...states.values()].flatMap(({ container }) => (container ? [container.id] : []));
}

/** Where somebody killed it, its memory limit would hint at a wrong cause. */
function exitOf(detail: Beginning | null, code: number | null, { sawOutOfMemory = false, byHand = false } = {}): Exit {
  const oom = (sawOutOfMemory || detail?.oomKilled === true) && code === 137;
  const words =
    code === null
      ? "it ended while nobody was looking"
      : exitWords({ code, oom, memoryLimitBytes: byHand && !oom ? 0 : (detail?.memoryLimitBytes ?? 0) });
  return { code, signal: code === null ? null : signalOfExit(code), oom, words, luck: Math.random() };
}

/** A signal that means no end: it is to read its files or open its logs anew. By number, as the engine tells it, or by name. */
function isMessage(signal: string): boolean {
  const name = signalName(Number(signal)) ?? signalOf(signal);
  return ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCHLD", "SIGCONT"].some((one) => one === name);
}

/** Why svc stopped it, where nobody asked for that. */
function reasonsOf({ stopping }: Container): readonly string[] {
  if (stopping?.why === "unhealthy") return ["its healthcheck said unhealthy"];
  return stopping?.why === "start-timeout" ? ["it was not ready in time"] : [];
}

/**
 * The unit's container among all: the one that is known, else one that runs and is what was asked for last (its name may be another
 * one's, which it follows), else the one of its name, else one that is labelled as the unit's.
 */
function pick(
  unit: Unit,
  all: readonly ContainerSummary[],
  { container: known, wish }: Pick<UnitState, "container" | "wish">,
): ContainerSummary | null {
  const ours = all.filter((one) => one.labels["svc.unit"] === unit.name);
  const running = ours.filter((one) => one.state === "running" || one.state === "paused");
  const latest = running.find((one) => one.labels["svc.generation"] === String(wish.generation));
  return (
    all.find((one) => one.id === known?.id && known.unit === unit.name) ??
    latest ??
    all.find((one) => one.name === unit.container) ??
    running[0] ??
    ours[0] ??
    null
  );
}

function unitOfEvent(event: EngineEvent, world: World): Unit | null {
  const label = event.labels["svc.unit"];
  if (label !== undefined) return world.units.get(label) ?? null;
  for (const unit of world.units.values()) {
    if (unit.container === event.name || (event.kind === "rename" && unit.container === event.oldName)) return unit;
  }
  return null;
}
