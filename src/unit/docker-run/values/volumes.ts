import { posix } from "node:path";

export type Volumes = { readonly binds: readonly string[]; readonly anonymous: readonly string[] };

/** Each `-v` is a bind (`source:target[:options]`) or, with a target alone, an anonymous volume. A repeat counts once. */
export function readVolumes(texts: readonly string[], workingDirectory: string): Volumes {
  const binds: string[] = [];
  const anonymous: string[] = [];
  for (const text of new Set(texts)) {
    if (hasSource(text)) binds.push(withAbsoluteSource(text, workingDirectory));
    else anonymous.push(text);
  }
  return { binds, anonymous };
}

// Docker takes one letter and a colon for a Windows drive, so `a:/b` is a target without a source.
function hasSource(text: string): boolean {
  if ([...text].length <= 2 && text.length <= 2) return false;
  const afterDrive = /^\p{L}:/u.test(text) ? text.replace(/^\p{L}:/u, "") : text;
  const colon = afterDrive.indexOf(":");
  return colon > 0 || (colon === 0 && afterDrive !== text);
}

function withAbsoluteSource(text: string, workingDirectory: string): string {
  const colon = text.indexOf(":");
  const source = text.slice(0, colon);
  if (source !== "." && !source.startsWith("./")) return text;
  return posix.resolve(workingDirectory, source) + text.slice(colon);
}
