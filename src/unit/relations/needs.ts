import type { CreateRequest } from "../docker-run/create-request.ts";
import { type ParsedFlag, parseFlags } from "../docker-run/parse-flags.ts";
import type { LayeredWord } from "../flag-layers.ts";
import type { UnitKeys } from "../keys/schema.ts";
import type { Need } from "../unit.ts";
import type { PlaceInFile } from "../unit-problem.ts";
import type { Place } from "../yaml-text.ts";

/** A need, and where it is said. */
export type PlacedNeed = { readonly need: Need; readonly at: PlaceInFile };

type Asked = {
  readonly keys: UnitKeys;
  readonly place: Place;
  readonly request: CreateRequest;
  readonly flags: readonly ParsedFlag[];
  readonly words: readonly LayeredWord[];
};

/**
 * What a unit needs: by depends_on and wants, and by every flag that names another container. A link on the default bridge and
 * a shared namespace hold on to that very container; on a user-defined network a link is a name that follows.
 */
export function needsOf(asked: Asked): readonly PlacedNeed[] {
  return [...fromDependsOn(asked), ...fromWants(asked), ...fromFlags(asked)];
}

/** The same of a unit whose files are wrong, as far as they can be read. */
export function needsOfWrong(asked: Omit<Asked, "request">): readonly PlacedNeed[] {
  return needsOf({ ...asked, request: { name: null, platform: null, body: { Image: "" } } });
}

/** The flags that can be read among words some of which are wrong. */
export function flagsAmong(all: readonly LayeredWord[]): readonly ParsedFlag[] {
  const words = all.map(({ word }) => word);
  const flags: ParsedFlag[] = [];
  // Behind a flag that nobody knows stands its value, or a word that is none: reading goes on after it.
  for (let at = 0; at < words.length; ) {
    const parsed = parseFlags(words.slice(at));
    for (const flag of parsed.flags) flags.push({ ...flag, word: flag.word + at });
    at += parsed.rest + 1;
  }
  return flags;
}

const conditions = {
  service_started: "started",
  service_healthy: "ready",
  service_completed_successfully: "completed",
} as const;

function fromDependsOn({ keys: { depends_on: units }, place }: Asked): readonly PlacedNeed[] {
  if (Array.isArray(units)) {
    return units.map((unit, at) => ({
      need: { unit, until: "ready", required: true, onLoss: "keep", binds: false, from: "depends_on" },
      at: place(["depends_on", at], "value"),
    }));
  }
  return Object.entries(units ?? {}).map(([unit, rule]) => {
    const { condition = "service_healthy", required = true, restart, on_loss: onLoss } = rule ?? {};
    const loss = onLoss ?? (restart ? "restart" : "keep");
    return {
      need: { unit, until: conditions[condition], required, onLoss: loss, binds: false, from: "depends_on" },
      at: place(["depends_on", unit], "key"),
    };
  });
}

function fromWants({ keys: { wants = [] }, place }: Asked): readonly PlacedNeed[] {
  return wants.map((unit, at) => ({
    need: { unit, until: "ready", required: false, onLoss: "keep", binds: false, from: "wants" },
    at: place(["wants", at], "value"),
  }));
}

function fromFlags({ keys, request, flags, words, place }: Asked): readonly PlacedNeed[] {
  const network = String(request.body.HostConfig?.NetworkMode ?? "default");
  const holdsOn = network === "default" || network === "bridge";
  return flags.flatMap(({ name, value, word }) => {
    const said = words[word];
    if (said?.key === "external_links") return [];
    if (said?.key === "volumes_from" && isOutside(keys, value)) return [];
    const need = needOfFlag(name, value, holdsOn);
    return need ? [{ need, at: said?.place() ?? place([], "value") }] : [];
  });
}

/** Compose's `container:NAME` is a container that no unit has. */
function isOutside({ volumes_from: from = [] }: UnitKeys, value: string): boolean {
  return from.includes(`container:${value}`) && !from.includes(value);
}

function needOfFlag(name: string, value: string, holdsOn: boolean): Need | null {
  const unit = (value.split(":")[0] ?? "").replace(/^\//, "");
  if (name === "link") {
    const onLoss = holdsOn ? "restart" : "keep";
    return { unit, until: "ready", required: true, onLoss, binds: holdsOn, from: "links" };
  }
  if (name === "volumes-from") {
    return { unit, until: "started", required: true, onLoss: "keep", binds: false, from: "volumes_from" };
  }
  const shared = /^container:(.+)$/.exec(value)?.[1];
  if (!shared || !["network", "pid", "ipc"].includes(name)) return null;
  return { unit: shared, until: "started", required: true, onLoss: "restart", binds: true, from: name };
}
