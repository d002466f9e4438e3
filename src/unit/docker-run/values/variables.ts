import { path, say } from "../sentence.ts";
import { BadValue } from "./bad-value.ts";
import { cut } from "./pair.ts";

type Environment = { readonly [name: string]: string | undefined };

/** `K=V` as it is; a name alone takes its value from the host, or stays alone, which unsets what the image says. */
export function readVariable(text: string, host: Environment): string {
  const { before: name, after } = cut(text, "=");
  if (name === "") throw new BadValue(say`"${text}" names no variable`);
  const value = host[name];
  return after === null && value !== undefined ? `${name}=${value}` : text;
}

export function checkLabel(text: string): string {
  const key = cut(text, "=").before.replace(/^[ \t]+/, "");
  if (key === "") throw new BadValue(say`"${text}" names no label`);
  if (/[ \t]/.test(key)) throw new BadValue(say`the label name "${key}" has a blank in it`);
  return text;
}

/**
 * The grammar of `docker run --env-file` and `--label-file`: no quotes, no export, a value goes to the end
 * of its line. A name alone takes its value from the host; without a host, or without that variable there, it is left out.
 */
export function readPairFile(text: string, file: string, host: Environment | null): readonly string[] {
  const found: string[] = [];
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [index, ended] of lines.entries()) {
    const line = ended.replace(/\r$/, "").replace(/^[ \t]+/, "");
    if (line === "" || line.startsWith("#")) continue;

    const { before: name, after } = cut(line, "=");
    if (name === "") throw new BadValue(say`line ${index + 1} of ${path(file)} has no name before its =`);
    if (/[ \t]/.test(name)) throw new BadValue(say`line ${index + 1} of ${path(file)} has a blank before its =`);
    if (after !== null) found.push(line);
    else if (host?.[name] !== undefined) found.push(`${name}=${host[name]}`);
  }
  return found;
}
