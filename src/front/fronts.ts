import { messageOf } from "../svc-error.ts";
import { type Address, showAddress } from "./address.ts";
import type { BreakerRules } from "./breaker.ts";
import { placesOf } from "./places.ts";
import { type Front, serveFront } from "./serve-front.ts";
import type { FrontStatus } from "./status.ts";
import type { Surroundings } from "./target.ts";

/** One of many fronts, by a name that is its own. */
export type FrontSpec = {
  readonly name: string;
  readonly listen: readonly Address[];
  /** None: clients are refused. */
  readonly targets: readonly Address[];
  readonly rules: BreakerRules;
  readonly dialTimeoutMs: number;
  /** How long connections may go on when the front is taken away. */
  readonly drainMs: number;
};

export type Fronts = {
  /** From now on these, and no other. Those that stay keep their connections. Resolves with what could not be, by name. */
  set(specs: readonly FrontSpec[]): Promise<{ readonly [name: string]: string }>;
  status(): { readonly [name: string]: FrontStatus };
  /** As of one front; at once where there is no such front. */
  drained(name: string, target: Address, ms: number): Promise<void>;
};

type Serving = { readonly spec: FrontSpec; readonly front: Front };

/** All the fronts of one process. */
export function keepFronts(surroundings: Omit<Surroundings, "rules" | "dialTimeoutMs">): Fronts {
  const serving = new Map<string, Serving>();
  let setting: Promise<unknown> = Promise.resolve();
  return {
    set(specs) {
      const result = setting.then(() => change(specs));
      setting = result;
      return result;
    },
    status: () => Object.fromEntries([...serving].map(([name, { front }]) => [name, front.status()])),
    drained: async (name, target, ms) => serving.get(name)?.front.drained(target, ms),
  };

  async function change(specs: readonly FrontSpec[]): Promise<{ readonly [name: string]: string }> {
    const wanted = new Map(specs.map((spec) => [spec.name, spec]));
    // What goes makes room for what comes: a port may pass from one to another.
    for (const [name, { spec, front }] of serving) {
      const next = wanted.get(name);
      if (next && isSameFront(spec, next)) continue;
      serving.delete(name);
      void front.close(spec.drainMs);
    }
    const problems: { [name: string]: string } = {};
    for (const spec of specs) {
      const known = serving.get(spec.name);
      if (known) {
        known.front.setTargets(spec.targets);
        continue;
      }
      try {
        serving.set(spec.name, { spec, front: await open(spec) });
      } catch (error) {
        problems[spec.name] = messageOf(error);
      }
    }
    return problems;
  }

  function open(spec: FrontSpec): Promise<Front> {
    const places = spec.listen.flatMap((address) => placesOf(address, "listen"));
    return serveFront({ ...spec, ...surroundings, places, tell: (line) => surroundings.tell(`${spec.name}: ${line}`) });
  }
}

/** It can go on as it is, with other targets. */
function isSameFront(one: FrontSpec, other: FrontSpec): boolean {
  const looks = ({ listen, rules, dialTimeoutMs }: FrontSpec): string =>
    JSON.stringify([listen.map(showAddress), rules.threshold, rules.minimumSamples, dialTimeoutMs]);
  return looks(one) === looks(other);
}
