import type { Draft } from "../draft.ts";
import { tellLeft } from "../tell-left.ts";
import { hostSpecifiers } from "./specifiers.ts";
import type { Directive } from "./unit-lines.ts";

/** What was noted of a directive since `from` as taken, and holds specifiers that only the host knows, is not understood after all. */
export function tellLeftSpecifiers(draft: Draft, directive: Directive, from: number): void {
  const marks = new Set([...directive.text.matchAll(hostSpecifiers)].map(([, letter]) => `%${letter}`));
  tellLeft(draft, { origin: directive, marks, because: "its value is the host's; put it in by hand" }, from);
}
