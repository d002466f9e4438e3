import type { Path } from "../yaml-text.ts";
import { keysIdle } from "./network-mode-keys.ts";
import type { UnitKeys } from "./schema.ts";

/** A key that is set and changes nothing, because of another. */
export type WithoutEffect = { readonly path: Path; readonly message: string; readonly hint: string };

/** Keys that have no effect together with others, most often for the unit's type. */
export function keysWithoutEffect(keys: UnitKeys): readonly WithoutEffect[] {
  const found: WithoutEffect[] = [];
  const idle = (names: readonly (keyof UnitKeys)[], because: string, hint: string): void => {
    for (const key of names) {
      const isTold = found.some(({ path }) => path[0] === key);
      if (keys[key] !== undefined && !isTold)
        found.push({ path: [key], message: `${key} has no effect: ${because}`, hint });
    }
  };
  if (keys.type === "task") {
    idle(["ready", "start_timeout"], "a task is not waited for to be ready, but to end with 0", "take it out");
    idle(["on_bad_tag"], "a task is never ready, so that no tag of it is known to be good", "take it out");
  }
  if (keys.respawn === false) {
    idle(["respawn_limit", "on_limit", "on_bad_tag"], "respawn is false, so it is never respawned", "take it out");
  }
  if (keys.respawn_limit === "unlimited" || keys.respawn_limit === "0") {
    idle(["on_limit"], "there is no limit that could be reached", "take it out");
  }
  if (keys.healthcheck?.disable || isNone(keys.healthcheck?.test)) {
    idle(["on_unhealthy"], "the healthcheck is taken away", "take one of the two out");
    if (keys.ready === "healthy") idle(["ready"], "the healthcheck is taken away", "take one of the two out");
    for (const field of Object.keys(keys.healthcheck ?? {})) {
      if (field === "disable" || (field === "test" && !keys.healthcheck?.disable)) continue;
      const message = `healthcheck.${field} has no effect: the healthcheck is taken away`;
      found.push({ path: ["healthcheck", field], message, hint: "take one of the two out" });
    }
  }
  found.push(...keysIdle(keys).map(({ key, ...words }) => ({ path: [key], ...words })));
  if (keys.pull_policy === "never") idle(["pull_timeout"], "the image is never pulled", "take it out");
  if (/@sha256:/.test(keys.image ?? "")) {
    idle(["tag_file"], "the image is named by its digest", "take the digest or tag_file out");
  }
  if (keys.restart !== undefined && !isSaidAnyway(keys)) {
    idle(
      ["restart"],
      "svc respawns by its own rules, and the engine's restart policy stays off",
      hintFor(keys.restart),
    );
  }
  return found;
}

function isNone(test: unknown): boolean {
  return Array.isArray(test) && test[0] === "NONE";
}

/** `restart: no` is what the engine is told anyway; as Compose's word for "do not start it again" it asks for more. */
function isSaidAnyway({ restart, respawn, type }: UnitKeys): boolean {
  return (restart === "no" || restart === false) && (respawn === false || type === "task");
}

function hintFor(restart: string | boolean): string {
  if (restart === "no" || restart === false) return "write respawn: false";
  if (String(restart).startsWith("on-failure")) return "write normal_exit: 0";
  return "take it out: a service is respawned whatever its exit code";
}
