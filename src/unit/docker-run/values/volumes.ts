import { posix } from "node:path";
import { say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";

export type Volumes = { readonly binds: readonly string[]; readonly anonymous: readonly string[] };

/** Each `-v` is a bind (`source:target[:options]`) or, with a target alone, an anonymous volume. A repeat counts once. */
export function readVolumes(texts: readonly string[], workingDirectory: string): Volumes {
  const binds: string[] = [];
  const anonymous: string[] = [];
  for (const text of new Set(texts)) {
    if (sections(text).length > 1) binds.push(withAbsoluteSource(text, workingDirectory));
    else anonymous.push(text);
  }
  return { binds, anonymous };
}

export function checkVolume(text: string): string {
  const found = sections(text);
  if (found.includes("")) throw new BadValue(say`"${text}" has nothing before, between or after its colons`);
  if (found.length > 3) throw new BadValue(say`"${text}" has more colons than SOURCE:TARGET:OPTIONS`);
  return text;
}

// Docker takes one letter and a colon for a Windows drive, so `a:/b` is a target without a source.
function sections(text: string): readonly string[] {
  if (text.length <= 2) return [text];
  const found: string[] = [];
  for (const section of text.split(":")) {
    const last = found.at(-1);
    if (last !== undefined && /^\p{L}$/u.test(last)) found[found.length - 1] = `${last}:${section}`;
    else found.push(section);
  }
  return found;
}

function withAbsoluteSource(text: string, workingDirectory: string): string {
  if (!text.startsWith(".")) return text;
  const colon = text.indexOf(":");
  return posix.resolve(workingDirectory, text.slice(0, colon)) + text.slice(colon);
}
