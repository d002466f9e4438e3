import { isUtf8 } from "node:buffer";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SvcError } from "../../svc-error.ts";
import { unreadable } from "../../unit/unreadable.ts";
import { type Kind, kindByName, kindOf, type Source } from "./source.ts";
import { startersOf } from "./systemd/starters.ts";
import { unitName } from "./unit-name.ts";

/** What is to be imported: the files, and of folders those that have to do with docker. If nobody can tell what any of them is, that is refused. */
export async function findSources(paths: readonly string[], kind: Kind | null): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: Error) => refuse(path, error));
    if (!found.isDirectory()) sources.push(await sourceOf(path, kind));
    else {
      const names = await readdir(path).catch((error: Error) => refuse(path, error));
      for (const name of names.sort()) {
        const file = join(path, name);
        if (likely.test(name) && (await isAboutDocker(file))) sources.push(await sourceOf(file, kind));
      }
    }
  }
  const unknown = sources.filter(({ kind }) => kind === "unknown");
  if (unknown.length > 0 && unknown.length === sources.length)
    throw new SvcError("usage", `nobody can tell what ${unknown.map(({ file }) => file).join(", ")} is`, {
      hint: sayIt,
    });
  return sources;
}

export const sayIt = "say it with --kind systemd, upstart, supervisord, compose or inspect";

const likely = /^(?!\.).*(\.service|\.conf|\.ini|compose.*\.ya?ml|\.json)$/;

async function isAboutDocker(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => "");
  // A .conf may be anybody's.
  const kind = kindOf(text) ?? (file.endsWith(".conf") ? null : kindByName(file));
  return kind === "compose" || kind === "inspect" || (kind !== null && /\bdocker(-runner)?\b/.test(text));
}

function refuse(path: string, error: Error): never {
  const { because } = unreadable(error);
  throw new SvcError("missing-file", `${path} cannot be read: ${because}`, { hint: "name a file or a folder" });
}

/** Of a byte that is none nobody can tell what it stands for. */
async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: Error) => refuse(file, error));
  if (isUtf8(bytes)) return bytes.toString();
  const hint = `write it in UTF-8:  iconv -f LATIN1 -t UTF-8 ${file}`;
  throw new SvcError("usage", `${file} is not UTF-8`, { hint });
}

async function sourceOf(file: string, wanted: Kind | null): Promise<Source> {
  const text = await readText(file);
  const kind = wanted ?? kindOf(text) ?? kindByName(file);
  switch (kind) {
    case "systemd":
      return {
        kind,
        file,
        text,
        name: nameOf(file, ".service"),
        dropIns: await dropInsOf(file),
        starters: await startersOf(file),
      };
    case "upstart":
      return { kind, file, text, name: nameOf(file, ".conf"), override: await overrideOf(file) };
    case "supervisord":
      return { kind, file, text };
    case "compose":
      return { kind, file, text };
    case "inspect":
      return { kind, file, text, isFile: true };
    case null:
      return { kind: "unknown", file };
    default:
      return kind satisfies never;
  }
}

function nameOf(file: string, suffix: string): string {
  return unitName(basename(file, suffix).replace(/\\x2d/g, "-"));
}

/** NAME.service.d/*.conf, and those of the template for an instance. */
async function dropInsOf(file: string): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const template = basename(file).replace(/@.*\./, "@.");
  const folders = [...new Set([template, basename(file)])].map((name) => join(dirname(file), `${name}.d`));
  const found: { file: string; text: string }[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((one) => one.endsWith(".conf"))) {
      const path = join(folder, name);
      found.push({ file: path, text: await readText(path) });
    }
  }
  return found.sort((one, other) => (basename(one.file) < basename(other.file) ? -1 : 1));
}

async function overrideOf(file: string): Promise<{ readonly file: string; readonly text: string } | null> {
  const path = file.replace(/\.conf$/, ".override");
  if (path === file) return null;
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : { file: path, text };
}
