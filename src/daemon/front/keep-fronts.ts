import type { Clock } from "../../clock/clock.ts";
import type { UnitStatus } from "../../control/request.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Address, showAddress } from "../../front/address.ts";
import type { FrontSpec } from "../../front/fronts.ts";
import { isRunning, isWanted, ownContainer, readyAt } from "../../plan/conditions.ts";
import type { Container, World } from "../../plan/world.ts";
import { messageOf } from "../../svc-error.ts";
import type { Listen, Unit } from "../../unit/unit.ts";
import { pause } from "../pause.ts";
import type { Supervisor } from "../supervisor.ts";
import type { FrontLink } from "./front-link.ts";

const retryMs = 5_000;
/** Status is told without what the fronts say if that takes longer. */
const patienceMs = 2_000;
/** What is told where no unit has one. */
const nothing = "[]";

export type UnitFronts = {
  /** Nothing is changed before: until it is known what runs, the process goes on as it was told in an earlier life. */
  begin(): void;
  /** Why svc cannot listen for this unit, once all that is known by now has been passed on; null: it does. */
  problemOf(unit: Unit): Promise<string | null>;
  /** Resolves once new clients of these units are led to what runs by now, or that was tried. */
  passedOn(units: readonly string[]): Promise<void>;
  /** Resolves when no connection to that container, which is not the unit's any more, is left; the rest is reset after `ms`. */
  drained(unit: Unit, container: string, ms: number): Promise<void>;
  status(unit: Unit): Promise<Pick<UnitStatus, "listen" | "breakers">>;
  /** Nobody is accepted any more, and the process ends. */
  end(): Promise<void>;
};

/** Keeps the fronts of all units as the units and their containers are: who listens where, and which container is current. */
export function keepUnitFronts(parts: {
  readonly supervisor: Supervisor;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly link: FrontLink;
  readonly warn: (message: string) => void;
  /** Resolves once what is known by now is on disk, as far as that can be. */
  readonly save: () => Promise<unknown>;
}): UnitFronts {
  const { supervisor, engine, clock, link, warn, save } = parts;
  const addresses = new Map<string, string | null>();
  let begun = false;
  let told = "";
  /** What could not be passed on, and is not tried again before its time. */
  let refused = "";
  let problems: { readonly [name: string]: string } = {};
  let passing: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let cancelRetry: () => void = () => undefined;
  let looked: { readonly units: World["units"] | null; readonly hasDoors: boolean } = { units: null, hasDoors: false };
  supervisor.onPass(() => {
    // On most hosts no unit has one, and there are many passes.
    if (begun && (told !== nothing || hasDoors(supervisor.world.units))) void passOn();
  });
  link.onLost(() => {
    if (!begun) return;
    warn("the process that listens for units has ended; it is started again");
    again();
  });
  return {
    begin() {
      begun = true;
      void passOn();
    },
    async problemOf(unit) {
      const doors = doorsOf(unit);
      if (doors.length === 0) return null;
      if (doors.some(({ name }) => name in problems)) told = refused = "";
      await passOn();
      return doors.map(({ name }) => problems[name]).find(Boolean) ?? null;
    },
    async passedOn(units) {
      const { world } = supervisor;
      if (units.some((name) => doorsOf(world.units.get(name)).length > 0)) await (next ?? passing);
    },
    async drained(unit, container, ms) {
      const host = await addressOf(container);
      if (host === null) return;
      await passOn();
      await Promise.all(
        unit.listen.map((listen) => link.drained(listenName(unit, listen), { host, port: listen.target }, ms)),
      );
    },
    async status(unit) {
      const doors = doorsOf(unit);
      // Who is told that the unit is up may become a client at once.
      if (doors.length > 0 && passing) {
        const over = new AbortController();
        await Promise.race([next ?? passing, pause(patienceMs, clock, over.signal)]);
        over.abort();
      }
      const all: Awaited<ReturnType<FrontLink["status"]>> | string =
        doors.length === 0 ? {} : await link.status().catch(messageOf);
      const known = doors.map(({ name, place, breaker }) => {
        const targets = typeof all === "string" ? [] : (all[name]?.targets ?? []);
        return {
          breaker,
          listen: showAddress(place),
          problem: problems[name] ?? (typeof all === "string" ? all : null),
          target: targets.find(({ draining }) => !draining) ?? null,
          draining: targets.reduce((sum, { draining, connections }) => sum + (draining ? connections : 0), 0),
        };
      });
      return {
        listen: known.flatMap(({ breaker, ...front }) => (breaker === null ? [front] : [])),
        breakers: known.flatMap(({ breaker, ...front }) => (breaker === null ? [] : [{ name: breaker, ...front }])),
      };
    },
    async end() {
      begun = false;
      cancelRetry();
      await (next ?? passing);
      await link.set([]).catch((error: unknown) => warn(`the fronts cannot be ended: ${messageOf(error)}`));
    },
  };

  function hasDoors(units: World["units"]): boolean {
    if (looked.units !== units)
      looked = { units, hasDoors: [...units.values()].some((unit) => doorsOf(unit).length > 0) };
    return looked.hasDoors;
  }

  /** One at a time: all that comes meanwhile goes into the next. */
  function passOn(): Promise<void> {
    if (passing) {
      next ??= passing.then(() => {
        next = null;
        return passOn();
      });
      return next;
    }
    passing = passOnNow().finally(() => {
      passing = null;
    });
    return passing;
  }

  async function passOnNow(): Promise<void> {
    if (!begun) return;
    const specs = await specsOf(supervisor.world);
    const text = JSON.stringify(specs);
    if (text === told || text === refused) return;
    // If svc ends now it must find the container that clients are led to as the one that was asked for.
    await save();
    try {
      problems = await link.set(specs);
      told = text;
    } catch (error) {
      problems = Object.fromEntries(specs.map(({ name }) => [name, messageOf(error)]));
      refused = text;
    }
    cancelRetry();
    for (const [name, problem] of Object.entries(problems)) warn(`${name}: ${problem}`);
    if (Object.keys(problems).length > 0) cancelRetry = clock.after(retryMs, again);
  }

  function again(): void {
    told = refused = "";
    void passOn();
  }

  async function specsOf(world: World): Promise<readonly FrontSpec[]> {
    const specs = [...world.units.values()]
      .filter((unit) => doorsOf(unit).length > 0)
      .map(async (unit) => {
        const container = ownContainer(unit, world);
        if (!isWanted(unit, world) && !isRunning(container)) return [];
        const host = container && hasClients(unit, container, clock.now()) ? await addressOf(container.id) : null;
        return doorsOf(unit).map((door) => specOf(door, host));
      });
    const found = (await Promise.all(specs)).flat();
    const current = new Set([...world.units.values()].map((unit) => ownContainer(unit, world)?.id));
    for (const id of addresses.keys()) if (!current.has(id)) addresses.delete(id);
    return found;
  }

  /** null: it has none. What it has once been given it keeps. */
  async function addressOf(container: string): Promise<string | null> {
    const known = addresses.get(container);
    if (known !== undefined) return known;
    const detail = await engine.inspect(container).catch(() => null);
    const address = Object.values(detail?.addresses ?? {}).find((one) => one !== "") ?? null;
    if (address !== null) addresses.set(container, address);
    return address;
  }
}

/** Before it is ready it would refuse them, and open its breaker. What was ready before svc came goes on. */
function hasClients(unit: Unit, container: Container, now: number): boolean {
  return isRunning(container) && (container.adopted || readyAt(unit, container) <= now);
}

/** Where svc listens for a unit. */
type Door = {
  readonly name: string;
  readonly place: Address;
  /** Its name, where it is one; null: it leads to the unit's own container. */
  readonly breaker: string | null;
  readonly to: { readonly host: string | null; readonly port: number };
  readonly drainMs: number;
} & Pick<Listen, "threshold" | "minimumSamples" | "dialTimeoutMs">;

function doorsOf(unit: Unit | undefined): readonly Door[] {
  if (!unit) return [];
  const placeOf = ({ address, port }: Pick<Listen, "address" | "port">): Address => ({ host: address, port });
  const listens = unit.listen.map((listen) => ({
    ...listen,
    name: listenName(unit, listen),
    place: placeOf(listen),
    breaker: null,
    to: { host: null, port: listen.target },
  }));
  const breakers = unit.breakers.map((breaker) => ({
    ...breaker,
    name: `${unit.name}:${breaker.name}`,
    place: placeOf(breaker),
    breaker: breaker.name,
    drainMs: 0,
  }));
  return [...listens, ...breakers];
}

function specOf(
  { name, place, to, threshold, minimumSamples, dialTimeoutMs, drainMs }: Door,
  own: string | null,
): FrontSpec {
  const host = to.host ?? own;
  const targets = host === null ? [] : [{ host, port: to.port }];
  return { name, listen: [place], targets, rules: { threshold, minimumSamples }, dialTimeoutMs, drainMs };
}

function listenName(unit: Unit, { port }: Listen): string {
  return `${unit.name}:${port}`;
}
