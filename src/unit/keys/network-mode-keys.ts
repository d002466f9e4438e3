import type { UnitKeys } from "./schema.ts";

type Told = { readonly key: keyof UnitKeys; readonly message: string; readonly hint: string };

/** What the engine refuses beside the network of another container: ports, names and addresses are that one's. */
const ofTheOther = ["ports", "expose", "links", "dns", "extra_hosts", "hostname"] as const;

/** Keys that the engine refuses together with network_mode (moby, runconfig/hostconfig_unix.go): such a container is never made. */
export function keysRefused(keys: UnitKeys): readonly Told[] {
  const mode = keys.network_mode ?? "";
  const other = /^(?:service|container):(.+)$/.exec(mode)?.[1];
  if (other !== undefined) {
    const hint = `write it in ${other}, whose network this is, or take it out`;
    return ofTheOther.filter((key) => isSaid(keys, key)).map((key) => refused(key, mode, hint));
  }
  if (mode !== "host" || !isSaid(keys, "links")) return [];
  return [
    refused("links", mode, `${asNeeds(keys)}: units are reached there by the ports that they publish on localhost`),
  ];
}

const idle: ReadonlyMap<string, readonly [because: string, names: readonly (keyof UnitKeys)[]]> = new Map([
  ["host", ["network_mode is host, and its ports are the host's own", ["ports", "expose"]]],
  ["none", ["network_mode is none", ["ports", "expose", "links", "dns"]]],
]);

/** Keys that the engine takes, and that change nothing in this network_mode. */
export function keysIdle(keys: UnitKeys): readonly Told[] {
  const mode = keys.network_mode ?? "";
  const [words, names] = idle.get(mode) ?? ["", []];
  return names
    .filter((key) => isSaid(keys, key))
    .map((key) => {
      const hint = key === "links" ? asNeeds(keys) : "take it out";
      return { key, message: `${key} has no effect: ${words}`, hint };
    });
}

/** A link is a need too. */
function asNeeds({ links = [] }: UnitKeys): string {
  const units = new Set(links.map((link) => link.replace(/:.*$/, "")));
  return `write depends_on: [${[...units].join(", ")}] instead`;
}

function refused(key: keyof UnitKeys, mode: string, hint: string): Told {
  return { key, message: `${key} and network_mode: ${mode} do not go together: the engine refuses them`, hint };
}

function isSaid(keys: UnitKeys, key: keyof UnitKeys): boolean {
  const value = keys[key];
  return typeof value === "object" ? Object.keys(value).length > 0 : value !== undefined;
}
