import type { Need, Unit } from "../../src/unit/unit.ts";

/** A unit with defaults; a test states only what matters. */
export function unit(name: string, change: Partial<Unit> = {}): Unit {
  return {
    name,
    file: `/units/${name}.yml`,
    sources: [],
    description: "",
    app: name,
    container: name,
    type: "service",
    enabled: true,
    needs: [],
    after: [],
    before: [],
    conflicts: [],
    respawn: { enabled: true, normalExit: [], limit: { count: 10, windowMs: 300_000 }, onLimit: "delay" },
    ready: { how: "after", afterMs: 1_000 },
    onUnhealthy: "ignore",
    startTimeoutMs: 60_000,
    pullTimeoutMs: 900_000,
    stopSignal: null,
    stopGraceMs: 10_000,
    log: { maxSizeBytes: 1e7, maxFiles: 5 },
    launch: {
      ok: true,
      image: `${name}:1`,
      tag: "1",
      pull: "missing",
      create: { name, platform: null, body: { Image: `${name}:1` } },
      revision: "r1",
      parts: { unit: "u", env: "e", tag: "t" },
      warnings: [],
    },
    ...change,
  };
}

export function need(name: string, change: Partial<Need> = {}): Need {
  return { unit: name, until: "ready", required: true, onLoss: "keep", binds: false, from: "depends_on", ...change };
}

/** A link on the default bridge: bound to that very container. */
export function link(name: string): Need {
  return need(name, { onLoss: "restart", binds: true, from: "links" });
}
