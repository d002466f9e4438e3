import { resolve } from "node:path";
import { readEnvText } from "../../../unit/app-files/env-file.ts";
import { isOwnVariable } from "../../../unit/flag-layers.ts";
import { tell, type Value } from "../draft.ts";
import type { Origin } from "../note.ts";
import type { Service } from "./service.ts";

type Long = { readonly path: string; readonly required?: boolean; readonly format?: string };

/** With whole paths, as the unit file stands in another folder, and with Compose's grammar. */
export function takeEnvFile({ draft, folder, host }: Service, value: Value, origin: Origin): void {
  draft.keys.env_file = [value].flat().map((one) => {
    const { path, ...rest } = (typeof one === "object" && one !== null ? one : { path: String(one) }) as Long;
    const whole = resolve(folder, path);
    const own = readEnvText(host.readFile(whole) ?? "", "dotenv").assignments.find(({ name }) => isOwnVariable(name));
    if (own) {
      const because = `${whole} sets ${own.name}, which svc takes for itself and does not pass on`;
      tell(draft, "not understood", origin, [`${draft.name}: env_file`, because], { key: "env_file" });
    }
    return { path: whole, ...rest, format: rest.format ?? "dotenv" };
  });
  tell(draft, "taken", origin, [`${draft.name}: env_file`, "env_file, with whole paths and Compose's grammar"], {
    key: "env_file",
  });
}

/** A name alone takes its value from .env, as with Compose; what is not there would come from svc's own environment. */
export function takeEnvironment({ draft, known }: Service, value: Value, origin: Origin): void {
  const what = (name: string): string => `${draft.name}: environment ${name}`;
  const resolved = (name: string): string | null => {
    const found = known.get(name);
    const because =
      found === undefined
        ? "it takes the value of svc's own environment, if there is one"
        : "its value in .env as it is now";
    tell(draft, "changed", origin, [what(name), because], { key: "environment" });
    return found ?? null;
  };
  if (Array.isArray(value)) {
    draft.keys.environment = (value as readonly Value[]).map((one) => {
      const text = String(one);
      if (text.includes("=")) return text;
      const found = resolved(text);
      return found === null ? text : `${text}=${found}`;
    });
  } else
    draft.keys.environment = Object.fromEntries(
      Object.entries((value ?? {}) as { [name: string]: Value }).map(([name, one]) => [name, one ?? resolved(name)]),
    );
  tell(draft, "taken", origin, [`${draft.name}: environment`, "environment"], { key: "environment" });
}
