import { instanceMark } from "../draft.ts";

/** What stands for `%n` and its like in a unit of this name (without .service). */
export function specifiersOf(name: string): (text: string) => string {
  const [prefix = "", written = null] = name.split(/@(.*)/s);
  const instance = written === "" ? instanceMark : (written ?? "");
  const full = written === null ? prefix : `${prefix}@${instance}`;
  const meanings: { readonly [letter: string]: string } = {
    n: `${full}.service`,
    N: full,
    p: prefix,
    P: unescaped(prefix),
    i: instance,
    I: unescaped(instance),
    j: prefix.replace(/^.*-/, ""),
    h: "/root",
    u: "root",
    U: "0",
    g: "root",
    G: "0",
    s: "/bin/sh",
    t: "/run",
    S: "/var/lib",
    C: "/var/cache",
    L: "/var/log",
    E: "/etc",
    T: "/tmp",
    V: "/var/tmp",
    "%": "%",
  };
  return (text) => text.replace(/%([A-Za-z%])/g, (found, letter: string) => meanings[letter] ?? found);
}

/** Specifiers whose meaning is the host's, and no file's. */
export const hostSpecifiers = /(?<!%)(?:%%)*%([HlmbvaAwWBMqofFdDyYcrRzJ])/g;

/** systemd writes a slash as - and other characters as \xNN in the names of units. */
function unescaped(text: string): string {
  return text
    .replaceAll("-", "/")
    .replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}
