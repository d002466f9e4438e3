import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SvcError } from "../../svc-error.ts";
import { type Kind, kindOf, type Source } from "./source.ts";
import { unitName } from "./unit-name.ts";

/** What is to be imported: the files, and of folders those that have to do with docker. */
export async function findSources(paths: readonly string[], kind: Kind | null): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: Error) => unreadable(path, error));
    if (!found.isDirectory()) sources.push(await sourceOf(path, kind));
    else {
      for (const name of (await readdir(path)).sort()) {
        const file = join(path, name);
        if (likely.test(name) && (await isAboutDocker(file))) sources.push(await sourceOf(file, kind));
      }
    }
  }
  return sources;
}

const likely = /^(?!\.).*(\.service|\.conf|compose.*\.ya?ml|\.json)$/;

async function isAboutDocker(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => "");
  const kind = kindOf(text);
  return kind === "compose" || kind === "inspect" || (kind !== null && /\bdocker(-runner)?\b/.test(text));
}

function unreadable(path: string, error: Error): never {
  throw new SvcError("missing-file", `${path} cannot be read: ${error.message}`, { hint: "name a file or a folder" });
}

async function sourceOf(file: string, wanted: Kind | null): Promise<Source> {
  const text = await readFile(file, "utf8").catch((error: Error) => unreadable(file, error));
  const kind = wanted ?? kindOf(text);
  switch (kind) {
    case "systemd":
      return { kind, file, text, name: nameOf(file, ".service"), dropIns: await dropInsOf(file) };
    case "upstart":
      return { kind, file, text, name: nameOf(file, ".conf"), override: await overrideOf(file) };
    case "compose":
      return { kind, file, text };
    case "inspect":
      return { kind, file, text, isFile: true };
    case null:
      throw new SvcError("usage", `nobody can tell what ${file} is`, {
        hint: "say it with --kind systemd, upstart, compose or inspect",
      });
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
      found.push({ file: path, text: await readFile(path, "utf8").catch((error: Error) => unreadable(path, error)) });
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
