import type { RequestName } from "./request.ts";

type Kind = "names" | "text" | "number" | "flag" | "goal" | "command";

const waiting = { names: "names", wait: "flag", timeoutMs: "number" } as const;

const deploying = { app: "text", tag: "text", id: "text", who: "text" } as const;

/** What each request may say. Required: names, units of logs, unit of history and why, for of wait. */
const shapes: { readonly [N in RequestName]: { readonly [field: string]: Kind } } = {
  list: { units: "names" },
  usage: { units: "names", follow: "flag", everyMs: "number" },
  start: { ...waiting, noDeps: "flag" },
  stop: { ...waiting, withDependents: "flag", only: "flag", prune: "flag", all: "flag" },
  restart: { ...waiting, noDeps: "flag" },
  reload: {},
  enable: { names: "names" },
  disable: { names: "names" },
  wait: { names: "names", for: "goal", timeoutMs: "number" },
  events: { units: "names", since: "number", follow: "flag" },
  logs: { units: "names", follow: "flag", lines: "number", since: "number", grep: "text" },
  history: { unit: "text", runs: "number" },
  graph: { units: "names" },
  plan: {
    command: "command",
    names: "names",
    noDeps: "flag",
    withDependents: "flag",
    only: "flag",
    prune: "flag",
    all: "flag",
  },
  why: { unit: "text" },
  check: {},
  "deploy-look": { app: "text", tag: "text", id: "text", units: "names" },
  "deploy-lock": { app: "text", who: "text", why: "text", session: "text" },
  "deploy-pull": { app: "text", tag: "text" },
  "deploy-task-done": { ...deploying, task: "text" },
  "deploy-switch": { ...deploying, units: "names", session: "text", minHealthyMs: "number", deadlineMs: "number" },
  "deploy-back": { ...deploying, units: "names", session: "text", minHealthyMs: "number", deadlineMs: "number" },
  "deploy-revert": {
    app: "text",
    id: "text",
    who: "text",
    units: "names",
    session: "text",
    minHealthyMs: "number",
    deadlineMs: "number",
  },
  "deploy-prune": { app: "text", keep: "number" },
  deploys: { app: "text" },
  lock: { app: "text", who: "text", why: "text" },
  unlock: { app: "text", force: "flag" },
  version: {},
  reexec: {},
};

const required: { readonly [N in RequestName]?: readonly string[] } = {
  start: ["names"],
  stop: ["names"],
  restart: ["names"],
  enable: ["names"],
  disable: ["names"],
  wait: ["names", "for"],
  logs: ["units"],
  history: ["unit"],
  plan: ["command"],
  why: ["unit"],
  "deploy-look": ["app"],
  "deploy-lock": ["app", "who", "why"],
  "deploy-pull": ["app", "tag"],
  "deploy-task-done": ["app", "tag", "id", "who", "task"],
  "deploy-switch": ["app", "tag", "id", "who"],
  "deploy-back": ["app", "tag", "id", "who"],
  "deploy-revert": ["app", "id", "who"],
  "deploy-prune": ["app"],
  lock: ["app", "who", "why"],
  unlock: ["app"],
};

/** What is wrong with a request's body; null: nothing. */
export function askProblem(name: RequestName, ask: unknown): string | null {
  if (typeof ask !== "object" || ask === null || Array.isArray(ask)) return "the body must be a JSON object";
  for (const field of required[name] ?? []) if (!Object.hasOwn(ask, field)) return `${field} is missing`;
  for (const [field, value] of Object.entries(ask)) {
    const kind = Object.hasOwn(shapes[name], field) ? shapes[name][field] : undefined;
    if (kind === undefined) return `${field} is not known`;
    if (!isOfKind(kind, value)) return `${field} must be ${kindWords[kind]}`;
  }
  return null;
}

const kindWords: { readonly [kind in Kind]: string } = {
  names: "a list of unit names, each of at most 255 characters",
  text: "a text",
  number: "a number that is not negative",
  flag: "true or false",
  goal: "up, down or done",
  command: "start, stop, restart or reload",
};

function isOfKind(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case "names":
      return (
        Array.isArray(value) &&
        value.length <= 10_000 &&
        value.every((one) => typeof one === "string" && one.length < 256)
      );
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && Number.isFinite(value) && value >= 0;
    case "flag":
      return typeof value === "boolean";
    case "goal":
      return value === "up" || value === "down" || value === "done";
    case "command":
      return typeof value === "string" && ["start", "stop", "restart", "reload"].includes(value);
    default:
      return kind satisfies never;
  }
}
