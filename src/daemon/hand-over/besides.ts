import type { Clock } from "../../clock/clock.ts";
import type { Call } from "../../plan/call.ts";
import type { Answer, Fact } from "../../plan/fact.ts";
import { type Container, stateOf } from "../../plan/world.ts";
import type { Unit } from "../../unit/unit.ts";
import { Supervisor } from "../supervisor.ts";
import { alone } from "./alone.ts";

export type Beside = {
  readonly supervisor: Supervisor;
  /** Its container is told of elsewhere from now on, and is not touched from here. */
  leave(): void;
  /** Its container is stopped and removed as that of every unit that is not wanted; resolves when it is gone. */
  end(): Promise<void>;
};

export type Besides = {
  /**
   * A container of a unit beside the one that the unit has: a world of its own with that unit alone, which needs nobody and is not
   * respawned, and the same rules. `container`: it is there already, and stays until `end`.
   */
  open(
    unit: Unit,
    about: { readonly container?: Container; readonly bound?: { readonly [unit: string]: string } },
  ): Beside;
  all(): Iterable<Supervisor>;
  /** Resolves when those of these units that are told to end have gone. */
  gone(units: readonly string[]): Promise<void>;
  /** The engine is asked what there is; resolves when all worlds have been told. */
  look(): Promise<void>;
};

/** How a side world does what it decides: with its own unit's container name, and its own wish. */
export type RunBeside = (side: {
  readonly container: string;
  readonly isWanted: (unit: string, generation: number) => boolean;
  readonly tell: (fact: Fact) => void;
}) => (unit: string, call: Call) => Promise<Answer>;

export function keepBesides(parts: {
  readonly clock: Clock;
  readonly run: RunBeside;
  readonly look: () => Promise<void>;
  readonly onOpen: (supervisor: Supervisor) => void;
}): Besides {
  const all = new Set<Supervisor>();
  const ending = new Map<Promise<void>, string>();
  return {
    open,
    all: () => all,
    look: parts.look,
    gone: async (units) =>
      void (await Promise.all([...ending].filter(([, unit]) => units.includes(unit)).map(([end]) => end))),
  };

  function open(
    unit: Unit,
    { container, bound = {} }: { readonly container?: Container; readonly bound?: { readonly [unit: string]: string } },
  ): Beside {
    const { name } = unit;
    const runCall = parts.run({
      container: unit.container,
      isWanted: (_, generation) => {
        const { wish } = stateOf(supervisor.world, name);
        return wish.want === "up" && wish.generation === generation && !supervisor.world.shuttingDown;
      },
      tell: (fact) => supervisor.tell(fact),
    });
    const supervisor: Supervisor = new Supervisor(parts.clock, (about, call) =>
      runCall(about, call.call === "launch" ? { ...call, bound } : call),
    );
    const seen = container ? [[name, { container, exit: null }] as const] : [];
    const there = { want: "up", by: "operator", generation: container?.generation ?? 0 } as const;
    const facts: Fact[] = [
      { fact: "units-read", units: new Map([[name, alone(unit)]]) },
      ...(container ? [{ fact: "wished", unit: name, wish: there, anew: true } as const] : []),
      { fact: "listed", containers: new Map(seen) },
    ];
    supervisor.tell(...facts);
    all.add(supervisor);
    parts.onOpen(supervisor);
    return {
      supervisor,
      leave: () => void all.delete(supervisor),
      end() {
        const ended = end().finally(() => ending.delete(ended));
        ending.set(ended, name);
        return ended;
      },
    };

    async function end(): Promise<void> {
      const { generation } = stateOf(supervisor.world, name).wish;
      const wish = { want: "down", by: "operator", generation } as const;
      supervisor.tell({ fact: "wished", unit: name, wish, anew: true });
      await supervisor.until(() => {
        const { container: left, call } = stateOf(supervisor.world, name);
        return left === null && call === null ? true : null;
      });
      all.delete(supervisor);
    }
  }
}
