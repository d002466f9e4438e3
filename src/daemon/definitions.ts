import { join } from "node:path";
import * as z from "zod";
import type { Unit } from "../unit/unit.ts";
import { readKept } from "./kept-file.ts";
import { type Save, savingTo } from "./saving.ts";

/**
 * The definitions in force, kept for the svc that comes after this one: what runs under a file that is broken or gone by then is to be
 * stopped, followed and told of all the same. What the engine was given is not among it, nor are hooks: they hold secrets. So such a
 * unit is supervised, and cannot be started anew. They mean something only within one boot: nothing runs after it.
 */
export function keepDefinitions(
  folder: string,
  about: {
    readonly boot: string;
    readonly units: () => ReadonlyMap<string, Unit>;
    readonly onFailure: (message: string) => void;
  },
): Save {
  return savingTo({
    path: pathIn(folder),
    current: about.units,
    isSame: (one, other) => one === other,
    serialise: (units) => serialise(about.boot, units),
    onFailure: about.onFailure,
  });
}

/** Those of the boot that an earlier svc left; none where the file is not there. */
export async function readDefinitions(
  folder: string,
  boot: string,
  warn: (message: string) => void,
): Promise<ReadonlyMap<string, Unit>> {
  const kept = await readKept(pathIn(folder), { what: "kept definitions", parse: parseDefinitions, warn });
  if (kept?.boot !== boot) return new Map();
  if (kept.unreadable.length > 0) warn(`what was kept of ${kept.unreadable.join(", ")} cannot be read`);
  return kept.units;
}

export function serialise(boot: string, units: ReadonlyMap<string, Unit>): string {
  const definitions = [...units.values()].map(({ launch: _launch, hooks: _hooks, onEvent: _onEvent, ...rest }) => rest);
  return `${JSON.stringify({ version, boot, units: definitions })}\n`;
}

type Kept = {
  readonly boot: string;
  readonly units: ReadonlyMap<string, Unit>;
  /** Names of units that this version does not understand. */
  readonly unreadable: readonly string[];
};

export function parseDefinitions(text: string): Kept | Error {
  try {
    const { boot, units: all } = fileSchema.parse(JSON.parse(text));
    const units = new Map<string, Unit>();
    const unreadable: string[] = [];
    for (const one of all) {
      const { data } = definitionSchema.safeParse(one);
      if (data) units.set(data.name, { ...data, ...leftOut(data.name) });
      else unreadable.push(String(one.name));
    }
    return { boot, units, unreadable };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function pathIn(folder: string): string {
  return join(folder, "definitions.json");
}

type LeftOut = "launch" | "hooks" | "onEvent";

function leftOut(name: string): Pick<Unit, LeftOut> {
  return {
    launch: { ok: false, code: "invalid-unit", message: "its unit file has errors", hint: `svc check ${name}` },
    hooks: { preStart: [], postStart: [], preStop: [], postStop: [] },
    onEvent: { failed: [], crashloop: [], recovered: [], deployed: [], reverted: [] },
  };
}

const version = 1;
const count = z.number();
const names = z.array(z.string());
const afterMs = count;
const listening = { address: z.string(), port: count, dialTimeoutMs: count, threshold: count, minimumSamples: count };

/** What an earlier version may have left out needs a `default`. */
const definitionSchema: z.ZodType<Omit<Unit, LeftOut>> = z.object({
  name: z.string(),
  file: z.string(),
  sources: names,
  description: z.string(),
  app: z.string(),
  tagFile: z.string(),
  container: z.string(),
  type: z.enum(["service", "task"]),
  enabled: z.boolean(),
  needs: z.array(
    z.object({
      unit: z.string(),
      until: z.enum(["started", "ready", "completed"]),
      required: z.boolean(),
      onLoss: z.enum(["keep", "restart", "stop"]),
      binds: z.boolean(),
      from: z.string(),
    }),
  ),
  after: names,
  before: names,
  conflicts: names,
  respawn: z.object({
    enabled: z.boolean(),
    normalExit: z.array(z.union([z.number(), z.string()])),
    limit: z.object({ count, windowMs: count }).nullable(),
    onLimit: z.enum(["delay", "fail"]),
  }),
  onBadTag: z.enum(["hold", "revert", "ignore"]),
  ready: z.discriminatedUnion("how", [
    z.object({ how: z.literal("auto"), afterMs }),
    z.object({ how: z.literal("after"), afterMs }),
    z.object({ how: z.literal("healthy") }),
    z.object({ how: z.literal("tcp"), host: z.string().nullable(), port: count }),
    z.object({
      how: z.literal("http"),
      host: z.string().nullable(),
      port: count,
      path: z.string(),
      status: count.nullable(),
    }),
    z.object({ how: z.literal("log"), pattern: z.string() }),
  ]),
  onUnhealthy: z.enum(["ignore", "restart"]),
  startTimeoutMs: count,
  pullTimeoutMs: count,
  stopSignal: z.string().nullable(),
  stopGraceMs: count,
  update: z.enum(["stop-first", "start-first"]),
  listen: z.array(z.object({ ...listening, target: count, drainMs: count })),
  breakers: z.array(z.object({ ...listening, name: z.string(), to: z.object({ host: z.string(), port: count }) })),
  log: z.object({ maxSizeBytes: count, maxFiles: count }),
});

const fileSchema = z.object({
  version: z.literal(version),
  boot: z.string(),
  units: z.array(z.looseObject({ name: z.unknown() })),
});
