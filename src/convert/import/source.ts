import type { SystemdFiles } from "./systemd/systemd-unit.ts";
import type { UpstartFiles } from "./upstart/upstart-job.ts";

export type Kind = "systemd" | "upstart" | "supervisord" | "compose" | "inspect";

export const kinds: readonly Kind[] = ["systemd", "upstart", "supervisord", "compose", "inspect"];

/** One thing that is to be imported, with what belongs to it. */
export type Source =
  | ({ readonly kind: "systemd" } & SystemdFiles)
  | ({ readonly kind: "upstart" } & UpstartFiles)
  | { readonly kind: "supervisord"; readonly file: string; readonly text: string }
  | { readonly kind: "compose"; readonly file: string; readonly text: string }
  | { readonly kind: "inspect"; readonly file: string; readonly text: string; readonly isFile: boolean }
  /** Nobody can tell what it is. */
  | { readonly kind: "unknown"; readonly file: string };

/** What a file is, by what stands in it; null: nobody knows. */
export function kindOf(text: string): Kind | null {
  if (/^\s*[[{]\s*["{[]/.test(text) && /"HostConfig"\s*:/.test(text)) return "inspect";
  if (/^\[(Unit|Service|Install)\]\s*$/m.test(text)) return "systemd";
  if (/^\[(program:[^\]]+|supervisord)\]/m.test(text)) return "supervisord";
  if (/^(services|"services"|'services')\s*:/m.test(text)) return "compose";
  if (/^\s*(start on|stop on|exec|script|respawn|pre-start|instance|manual|expect|description ["'])\b/m.test(text))
    return "upstart";
  return /^[A-Za-z0-9._-]+:\s*\n\s+(image|build)\s*:/m.test(text) ? "compose" : null;
}

/** What a file is by its name, where what stands in it is too broken to say it. */
export function kindByName(file: string): Kind | null {
  if (/\.service$/.test(file)) return "systemd";
  if (/\.conf$/.test(file)) return "upstart";
  return /\.ya?ml$/.test(file) ? "compose" : null;
}
