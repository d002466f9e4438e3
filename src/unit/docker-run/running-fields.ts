import { type Draft, type Fields, isEmpty, put } from "./draft.ts";
import type { Values } from "./read-values.ts";
import { say } from "./sentence.ts";
import { BadValue } from "./values/bad-value.ts";
import { readRestart } from "./values/kernel.ts";
import { pairs } from "./values/pair.ts";

export function placeLogging(values: Values, { host }: Draft): void {
  const driver = values.text("log-driver");
  const options = pairs(values.texts("log-opt"));
  if (driver === "none" && !isEmpty(options)) throw new BadValue("the driver none takes no --log-opt");
  if (driver === "" && isEmpty(options)) return;
  host.LogConfig = { ...(driver === "" ? {} : { Type: driver }), ...(isEmpty(options) ? {} : { Config: options }) };
}

export const healthFlags = {
  "health-interval": "Interval",
  "health-timeout": "Timeout",
  "health-start-period": "StartPeriod",
  "health-start-interval": "StartInterval",
  "health-retries": "Retries",
} as const;

export function placeHealthcheck(values: Values, { top }: Draft): void {
  const check: Fields = values.text("health-cmd") === "" ? {} : { Test: ["CMD-SHELL", values.text("health-cmd")] };
  for (const [flag, field] of Object.entries(healthFlags)) {
    const value = values.number(flag);
    if (value !== 0) check[field] = value;
  }
  if (values.last("no-healthcheck") === true) {
    if (!isEmpty(check)) throw new BadValue("--no-healthcheck and the --health-* flags do not go together");
    top.Healthcheck = { Test: ["NONE"] };
    return;
  }
  for (const [flag, field] of Object.entries(healthFlags)) {
    if (Number(check[field] ?? 0) < 0) throw new BadValue(`--${flag} is below 0`);
  }
  put(top, "Healthcheck", check);
}

export function placeRestart(values: Values, { host }: Draft): void {
  const policy = readRestart(values.text("restart"));
  if (policy.Name === "" || (policy.Name === "no" && policy.MaximumRetryCount === 0)) return;
  if (host.AutoRemove && policy.Name !== "no") throw new BadValue("--restart and --rm do not go together");
  host.RestartPolicy = policy;
}

export function placeSwappiness(values: Values, { host }: Draft): void {
  if (!values.has("memory-swappiness") || values.number("memory-swappiness") === -1) return;
  const swappiness = values.number("memory-swappiness");
  if (swappiness < 0 || swappiness > 100) throw new BadValue(say`${swappiness} is not from 0 to 100`);
  host.MemorySwappiness = swappiness;
}

/** What a namespace may be, beside the container's own. */
export const namespaces: { readonly [flag: string]: RegExp } = {
  pid: /^(?:|host|container:.+)$/,
  uts: /^(?:|host)$/,
  userns: /^(?:|host)$/,
  cgroupns: /^(?:|host|private)$/,
};

export function checkNamespace(values: Values, flag: string): void {
  const value = values.text(flag);
  if (namespaces[flag]?.test(value)) return;
  const choices = { pid: "host or container:NAME", cgroupns: "host or private" }[flag] ?? "host";
  throw new BadValue({ text: `"${value}" is not ${choices}`, masked: `"…" is not ${choices}` });
}
