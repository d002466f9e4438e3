import { type Draft, tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import type { Service } from "./service.ts";

/** Both forms stay. */
export function takeDependsOn({ draft, host, others }: Service, value: Value, origin: Origin): void {
  const what = `${draft.name}: depends_on`;
  const isThere = (name: string): boolean => host.units.has(name) || others.some((one) => one.name === name);
  const lost = (Array.isArray(value) ? value.map(String) : Object.keys(value ?? {})).filter((name) => !isThere(name));
  if (lost.length > 0) {
    const because = `${lost.join(", ")}: neither a service of this file nor a unit that is there; it stays`;
    tell(draft, "not understood", origin, [what, because], { key: "depends_on" });
    return;
  }
  if (Array.isArray(value)) {
    tell(draft, "taken", origin, [what, "depends_on; svc waits until they are ready"], { key: "depends_on" });
    return;
  }
  tell(draft, "taken", origin, [what, "depends_on"], { key: "depends_on" });
}

/** A service that others wait for to end with success is a task. That is known only when all of them have been read. */
export function takeTasks(drafts: readonly Draft[], lineOf: (draft: Draft) => number): void {
  for (const { name: waiting, keys } of drafts) {
    const rules = (keys.depends_on ?? {}) as { [name: string]: { condition?: string } | null };
    for (const [name, rule] of Object.entries(rules)) {
      const task = drafts.find((one) => one.name === name);
      if (rule?.condition !== "service_completed_successfully" || !task || task.keys.type === "task") continue;
      task.keys.type = "task";
      const origin = { file: task.file, line: lineOf(task) };
      tell(task, "taken", origin, [`${name}: ${waiting} waits for its end`, "type: task"], { key: "type" });
    }
  }
}
