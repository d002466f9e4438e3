import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { request } from "../../control/client.ts";
import { pathOf } from "../../unit/places.ts";
import type { Cli } from "../context.ts";

const answerWithinMs = 1_000;

/** What a command line says of where things are. */
export type SaidPlaces = { readonly units?: string; readonly "default-dir"?: string };

/**
 * Names that a shell may offer: of units as the daemon has them, unless a folder is named. What cannot be found out is left out: a
 * completion says nothing.
 */
export async function candidates(
  kind: "units" | "apps" | "containers",
  cli: Pick<Cli, "socket" | "environment">,
  said: SaidPlaces,
): Promise<readonly string[]> {
  if (kind === "containers") return sorted(await containers());
  const units = await unitFiles(said.units ?? pathOf("units", cli.environment));
  if (kind === "apps") {
    const others = await appFiles(said["default-dir"] ?? pathOf("default-dir", cli.environment));
    return sorted([...units.filter((name) => !name.endsWith("@")), ...others]);
  }
  if (said.units !== undefined) return sorted(units);
  const running = await request(cli.socket, "list", {}, undefined, AbortSignal.timeout(answerWithinMs)).catch(
    () => null,
  );
  return sorted(running?.map((unit) => unit.name) ?? units);
}

/** Of the engine, those that do not run too. */
async function containers(): Promise<readonly string[]> {
  const asked = await promisify(execFile)("docker", ["ps", "-a", "--format", "{{.Names}}"], {
    timeout: answerWithinMs,
  }).catch(() => ({ stdout: "" }));
  return asked.stdout.split("\n").filter(Boolean);
}

async function unitFiles(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.filter((name) => /^[A-Za-z0-9].*\.yml$/.test(name)).map((name) => name.slice(0, -".yml".length));
}

/** Env files that name an image. Others in /etc/default belong to other programs. */
async function appFiles(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  return files.filter((_, at) => /^\s*(export\s+)?IMAGE=/m.test(texts[at] ?? ""));
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
