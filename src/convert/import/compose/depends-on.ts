import { tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import type { Service } from "./service.ts";

/** Both forms stay. A service that others wait for to end with success is a task. */
export function takeDependsOn({ draft, others }: Service, value: Value, origin: Origin): void {
  const what = `${draft.name}: depends_on`;
  if (Array.isArray(value)) {
    tell(draft, "taken", origin, [what, "depends_on; svc waits until they are ready"], { key: "depends_on" });
    return;
  }
  const rules = (value ?? {}) as { [name: string]: { condition?: string } | null };
  for (const [name, rule] of Object.entries(rules)) {
    const other = others.find((one) => one.name === name);
    if (rule?.condition === "service_completed_successfully" && other) other.keys.type = "task";
  }
  tell(draft, "taken", origin, [what, "depends_on"], { key: "depends_on" });
}
