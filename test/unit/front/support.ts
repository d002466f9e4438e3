import { onTestFinished } from "vitest";
import type { Address } from "../../../src/front/address.ts";
import { type Front, serveFront } from "../../../src/front/serve-front.ts";
import type { TargetStatus } from "../../../src/front/status.ts";
import { type Behaviour, type FakeTarget, fakeTarget } from "../../support/tcp.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";

export type TestedFront = Front & {
  readonly port: number;
  readonly clock: VirtualClock;
  readonly told: readonly string[];
  /** The only target, or the one at this place. */
  at(index?: number): TargetStatus;
};

/** A front on a port of its own with a clock of its own; what it leaves behind fails the test. */
export async function front(...targets: readonly { readonly address: Address }[]): Promise<TestedFront> {
  const clock = virtualClock();
  const told: string[] = [];
  const made = await serveFront({
    places: [{ kind: "address", host: "127.0.0.1", port: 0, mayLack: false }],
    targets: targets.map(({ address }) => address),
    rules: { threshold: 0.5, minimumSamples: 20 },
    dialTimeoutMs: 2_000,
    clock,
    chance: () => 0.5,
    tell: (line) => told.push(line),
  });
  onTestFinished(async () => {
    const closed = made.close(0);
    clock.pass(0);
    await closed;
    if (clock.waiting() > 0) throw new Error(`${clock.waiting()} timers are left`);
  });
  const at = (index = 0): TargetStatus => {
    const target = made.status().targets[index];
    if (!target) throw new Error(`there is no target ${index}`);
    return target;
  };
  return { ...made, port: Number(made.addresses[0]?.split(":")[1]), clock, told, at };
}

/** A target that is gone when the test is over. */
export async function target(behaviour: Behaviour): Promise<FakeTarget> {
  const made = await fakeTarget(behaviour);
  onTestFinished(() => made.close());
  return made;
}
