import type { Socket } from "node:net";
import { type Address, showAddress } from "./address.ts";
import { listen, type Place } from "./listen.ts";
import type { FrontStatus } from "./status.ts";
import { type Surroundings, Target } from "./target.ts";

/**
 * A TCP front: clients that connect to its places are joined with one of its targets. Rules:
 * - Targets take turns; one whose breaker is open is passed over. A trial of a half-open one is an ordinary client.
 * - A client whose target cannot be dialled is tried on the others, each once: not a byte of it was passed on yet.
 * - One for whom no target is left is reset at once.
 * - A target that is no longer meant gets no new client, and keeps those it has until they end or are drained.
 */
export type Front = {
  /** The addresses that it listens on. */
  readonly addresses: readonly string[];
  status(): FrontStatus;
  /** From now on new clients go to these; targets that stay keep their breaker and counts. */
  setTargets(next: readonly Address[]): void;
  /**
   * Resolves when the last connection to a target that was taken away has ended, or after `ms`, when those that are left are
   * reset. Whether one is idle cannot be known of plain TCP, so one that is kept alive for later lasts until then.
   */
  drained(target: Address, ms: number): Promise<void>;
  /** Accepts nobody any more; resolves when the last connection has ended, or after `drainMs`, when the rest is reset. */
  close(drainMs: number): Promise<void>;
};

export async function serveFront(
  options: Surroundings & { readonly places: readonly Place[]; readonly targets: readonly Address[] },
): Promise<Front> {
  const { places, tell } = options;
  let targets: readonly Target[] = [];
  let leaving: readonly Target[] = [];
  let turn = 0;
  setTargets(options.targets);
  const listeners = await listen(
    places,
    (client) => {
      client.on("error", () => undefined);
      void serve(client);
    },
    ({ message }) => tell(message),
  );
  return { addresses: listeners.addresses, status, setTargets, drained, close };

  async function serve(client: Socket): Promise<void> {
    const tried = new Set<Target>();
    while (!client.destroyed) {
      const target = next(tried);
      if (!target) return refuse(client, tried);
      tried.add(target);
      if (await target.serve(client)) return;
    }
  }

  function next(tried: ReadonlySet<Target>): Target | null {
    for (let step = 0; step < targets.length; step++) {
      const target = targets[turn++ % targets.length];
      if (target?.mayDial && !tried.has(target)) return target;
    }
    return null;
  }

  function refuse(client: Socket, tried: ReadonlySet<Target>): void {
    client.resetAndDestroy();
    if (tried.size === 0) for (const target of targets) target.refuse();
  }

  function status(): FrontStatus {
    const busy = leaving.filter(({ isIdle }) => !isIdle);
    return {
      listen: listeners.addresses,
      targets: [...targets.map((target) => target.status(false)), ...busy.map((target) => target.status(true))],
    };
  }

  function setTargets(next: readonly Address[]): void {
    const kept = next.map((address) => targets.find((target) => isOf(target, address)) ?? new Target(address, options));
    leaving = [...leaving, ...targets.filter((target) => !kept.includes(target))].filter(({ isIdle }) => !isIdle);
    targets = kept;
  }

  async function drained(address: Address, ms: number): Promise<void> {
    await Promise.all(leaving.filter((target) => isOf(target, address)).map((target) => target.drain(ms)));
  }

  async function close(drainMs: number): Promise<void> {
    listeners.close();
    await Promise.all([...targets, ...leaving].map((target) => target.drain(drainMs)));
  }
}

function isOf(target: Target, address: Address): boolean {
  return showAddress(target.address) === showAddress(address);
}
