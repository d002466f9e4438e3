import { readCsv } from "../../../unit/docker-run/values/csv.ts";
import type { Value } from "../draft.ts";

/** The long form of `volumes` for the value of a --mount; null: it has fields that the long form lacks. */
export function mountVolume(text: string): Value | null {
  const top: { [key: string]: Value } = { type: "volume" };
  const groups: { [type: string]: { [key: string]: Value } } = {};
  // A folder that is not there is an error for --mount, and made by --volume.
  for (const field of fieldsOf(text)) {
    const [, name = "", value = "true"] = /^([^=]*)(?:=(.*))?$/s.exec(field) ?? [];
    const place = places[name.toLowerCase()];
    if (!place) return null;
    const [group, key] = place;
    const read = value === "true" ? true : value;
    if (group === "") top[key] = read;
    else groups[group] = { ...groups[group], [key]: read };
  }
  if (top.type === "bind") groups.bind = { create_host_path: false, ...groups.bind };
  return { ...top, ...groups };
}

function fieldsOf(text: string): readonly string[] {
  try {
    return readCsv(text);
  } catch {
    return ["?"];
  }
}

const places: { readonly [field: string]: readonly [group: string, key: string] } = {
  type: ["", "type"],
  source: ["", "source"],
  src: ["", "source"],
  target: ["", "target"],
  dst: ["", "target"],
  destination: ["", "target"],
  readonly: ["", "read_only"],
  ro: ["", "read_only"],
  consistency: ["", "consistency"],
  "bind-propagation": ["bind", "propagation"],
  "bind-recursive": ["bind", "recursive"],
  "volume-nocopy": ["volume", "nocopy"],
  "volume-subpath": ["volume", "subpath"],
  "tmpfs-size": ["tmpfs", "size"],
  "tmpfs-mode": ["tmpfs", "mode"],
  "image-subpath": ["image", "subpath"],
};
