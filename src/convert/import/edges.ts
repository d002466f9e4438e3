import { type Draft, type Edge, tell, type Value } from "./draft.ts";

type Dependency = { condition?: string; required?: boolean; on_loss?: string };

/** Makes keys of what units have to do with each other, now that it is known which there are. */
export function takeEdges(drafts: readonly Draft[], there: ReadonlySet<string>, unmade: ReadonlySet<string>): void {
  const names = new Set([...there, ...drafts.map(({ name }) => name)]);
  const services = new Set(drafts.filter(({ keys }) => keys.type !== "task").map(({ name }) => name));
  for (const draft of drafts) turnRound(draft, drafts);
  for (const draft of drafts) {
    const known = draft.edges.filter(
      (edge) =>
        isKnown(edge, draft, { names, unmade }) && !isAgainstOrder(edge, draft) && !isEndless(edge, draft, services),
    );
    const needed = new Map<string, Dependency>();
    for (const edge of known) if (edge.how === "needs" || edge.how === "part of") need(needed, edge);
    writeNeeds(draft, needed);
    for (const edge of known) if (edge.how === "wants" && !needed.has(edge.to)) list(draft, "wants", edge);
    for (const edge of known) {
      // Who needs another starts after it anyway.
      const isSaid = needed.has(edge.to) || (draft.keys.wants as readonly Value[] | undefined)?.includes(edge.to);
      if (edge.how === "after" && isSaid !== true) list(draft, "after", edge);
      if (edge.how === "before" || edge.how === "conflicts") list(draft, edge.how, edge);
      const key = edge.how === "needs" || edge.how === "part of" ? "depends_on" : edge.how;
      const { what } = edge;
      if (edge.because !== undefined) tell(draft, "changed", edge.origin, [what, edge.because], { key });
      else if (edge.how !== "part of") tell(draft, "taken", edge.origin, [what, key], { key });
    }
    for (const edge of known.filter(({ how }) => how === "part of")) {
      const loss = edge.onLoss === "stop" ? "is down while it is" : "is restarted with it";
      const failure = needed.get(edge.to)?.required === false ? "; it may fail" : "";
      const because = `svc starts it too${failure}, and this unit ${loss}`;
      tell(draft, "changed", edge.origin, [edge.what, because], { key: "depends_on" });
    }
  }
}

/** What a task is to have done before another of this import starts is a need of that one. */
function turnRound({ name, edges }: Draft, drafts: readonly Draft[]): void {
  for (const edge of [...edges]) {
    const other = drafts.find((one) => one.name === edge.to);
    if (edge.how !== "before" || edge.until !== "completed" || !other) continue;
    edges.splice(edges.indexOf(edge), 1);
    const because = `${edge.to} starts once ${name} ended with 0; svc does not run it again at each start of ${edge.to}`;
    other.edges.push({ ...edge, to: name, how: "needs", because });
  }
}

type Named = { readonly names: ReadonlySet<string>; readonly unmade: ReadonlySet<string> };

function isKnown(edge: Edge, draft: Draft, { names, unmade }: Named): boolean {
  const template = `${edge.to.split("@")[0]}@`;
  if (names.has(edge.to) || (edge.to.includes("@") && names.has(template))) return true;
  const because = unmade.has(edge.to)
    ? `no unit is made of ${edge.to}; left out`
    : `${edge.to} is neither a unit of this import nor one that is there; left out`;
  tell(draft, "not understood", edge.origin, [edge.what, because]);
  return false;
}

/** To be restarted with a unit is to need it, for which it would have to be up first. */
function isAgainstOrder({ to, how, what, origin }: Edge, draft: Draft): boolean {
  if (how !== "part of" || !draft.edges.some((other) => other.how === "before" && other.to === to)) return false;
  const because = "it starts before that unit, and so cannot need it";
  tell(draft, "not understood", origin, [what, because], { key: "before" });
  return true;
}

/** A service is started again when it ends: to wait for its end is to wait for ever. */
function isEndless({ to, until, what, origin }: Edge, draft: Draft, services: ReadonlySet<string>): boolean {
  if (until !== "completed" || !services.has(to)) return false;
  const because = `${to} is no task, and svc waits only for the end of tasks; left out`;
  tell(draft, "not understood", origin, [what, because]);
  return true;
}

const strength = { keep: 0, restart: 1, stop: 2 };

function need(needed: Map<string, Dependency>, { to, how, onLoss, until }: Edge): void {
  const { required, on_loss: before = "keep", condition } = needed.get(to) ?? { required: false };
  const isStronger = strength[onLoss] > strength[before as Edge["onLoss"]];
  const loss = isStronger ? onLoss : before;
  const wanted =
    until === "completed" ? "service_completed_successfully" : until === "started" ? "service_started" : condition;
  needed.set(to, {
    ...(wanted === undefined ? {} : { condition: wanted }),
    ...(required === false && how === "part of" ? { required: false } : {}),
    ...(loss === "keep" ? {} : { on_loss: loss }),
  });
}

function writeNeeds(draft: Draft, needed: ReadonlyMap<string, Dependency>): void {
  if (needed.size === 0) return;
  const isPlain = [...needed.values()].every((rule) => Object.keys(rule).length === 0);
  draft.keys.depends_on = isPlain
    ? [...needed.keys()]
    : Object.fromEntries(
        [...needed].map(([name, rule]) => [name, Object.keys(rule).length === 0 ? null : { ...rule }]),
      );
}

function list(draft: Draft, key: string, { to }: Edge): void {
  const before = (draft.keys[key] ?? []) as readonly Value[];
  if (!before.includes(to)) draft.keys[key] = [...before, to];
}
