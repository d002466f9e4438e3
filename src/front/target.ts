import type { Socket } from "node:net";
import type { Clock } from "../clock/clock.ts";
import { type Address, showAddress } from "./address.ts";
import { type Breaker, type BreakerEvent, type BreakerRules, freshBreaker, mayDial, observe } from "./breaker.ts";
import { dial } from "./dial.ts";
import { join } from "./join.ts";
import { judge } from "./judge.ts";
import type { TargetStatus } from "./status.ts";
import { statusOf } from "./status.ts";

export type Surroundings = {
  readonly clock: Clock;
  /** 0 to 1, another one each time. */
  readonly chance: () => number;
  readonly rules: BreakerRules;
  readonly dialTimeoutMs: number;
  /** A line for who watches. */
  readonly tell: (line: string) => void;
};

export type Counts = {
  dials: number;
  failures: number;
  resets: number;
  refused: number;
  bytesIn: number;
  bytesOut: number;
};

type Connection = { readonly client: Socket; target: Socket | null };

/** One target: its breaker, its connections, and what was counted. */
export class Target {
  readonly address: Address;
  readonly #surroundings: Surroundings;
  readonly #connections = new Set<Connection>();
  readonly #counts: Counts = { dials: 0, failures: 0, resets: 0, refused: 0, bytesIn: 0, bytesOut: 0 };
  #breaker: Breaker;
  #whenIdle: (() => void)[] = [];

  constructor(address: Address, surroundings: Surroundings) {
    this.address = address;
    this.#surroundings = surroundings;
    this.#breaker = freshBreaker(surroundings.rules);
  }

  get mayDial(): boolean {
    return mayDial(this.#breaker, this.#surroundings.clock.now());
  }

  get isIdle(): boolean {
    return this.#connections.size === 0;
  }

  status(draining: boolean): TargetStatus {
    const counts = { ...this.#counts };
    for (const connection of this.#connections) addBytes(counts, connection);
    return statusOf({
      address: showAddress(this.address),
      draining,
      connections: this.#connections.size,
      breaker: this.#breaker,
      counts,
      clock: this.#surroundings.clock,
    });
  }

  /** A client was sent away without a dial. */
  refuse(): void {
    this.#counts.refused++;
  }

  /** Dials for a client and serves it to its end; false: it could not be dialled, and the client has lost nothing. */
  async serve(client: Socket): Promise<boolean> {
    const connection: Connection = { client, target: null };
    this.#connections.add(connection);
    try {
      return await this.#connect(connection);
    } finally {
      addBytes(this.#counts, connection);
      this.#connections.delete(connection);
      if (this.isIdle) for (const idle of this.#whenIdle.splice(0)) idle();
    }
  }

  /** Resolves when its last connection has ended; those that have not within `ms` are reset. */
  async drain(ms: number): Promise<void> {
    if (this.isIdle) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenIdle.push(resolve);
    const cancel = this.#surroundings.clock.after(ms, () => {
      for (const { client, target } of this.#connections) {
        client.resetAndDestroy();
        target?.resetAndDestroy();
      }
    });
    await promise;
    cancel();
  }

  async #connect(connection: Connection): Promise<boolean> {
    const { clock, dialTimeoutMs } = this.#surroundings;
    this.#counts.dials++;
    this.#observe({ kind: "dialled" });
    const { round } = this.#breaker;
    const dialled = await dial(this.address, connection.client, { clock, timeoutMs: dialTimeoutMs });
    if (dialled.ended !== "connected") {
      if (dialled.ended === "failed") this.#counts.failures++;
      this.#observe({ kind: dialled.ended, round }, dialled.ended === "failed" ? dialled.because : "");
      return false;
    }
    connection.target = dialled.socket;
    judge(connection.client, dialled.socket, clock).then((verdict) => {
      if (verdict === "failed") this.#counts.resets++;
      this.#observe({ kind: verdict, round }, "reset before the first byte");
    });
    await join(connection.client, dialled.socket);
    return true;
  }

  #observe(event: BreakerEvent, because = ""): void {
    const { clock, chance, tell } = this.#surroundings;
    const before = this.#breaker.state;
    const now = clock.now();
    this.#breaker = observe(this.#breaker, event, now, chance());
    const after = this.#breaker;
    const name = showAddress(this.address);
    if (after.state === "open" && event.kind === "failed" && before !== "open")
      tell(`${name} is not dialled for ${(after.delayMs / 1_000).toFixed(1)} s: ${because}`);
    if (after.state === "closed" && before !== "closed") tell(`${name} is well again`);
  }
}

function addBytes(counts: Counts, { client, target }: Connection): void {
  if (target === null) return;
  counts.bytesIn += client.bytesRead;
  counts.bytesOut += target.bytesRead;
}
