import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ExportedUnit, exportedUnit } from "../../../../src/convert/export/exported.ts";
import { hostOf } from "../../../../src/convert/import/host.ts";
import { importSources } from "../../../../src/convert/import/import.ts";
import type { Source } from "../../../../src/convert/import/source.ts";
import type { CreateRequest } from "../../../../src/unit/docker-run/create-request.ts";
import { readUnits } from "../../../../src/unit/read-units.ts";

export const root = mkdtempSync(join(tmpdir(), "svc-trips-"));
let folders = 0;

/** The units of these files, each in a folder of its own. */
export async function unitsOf(files: { readonly [name: string]: string }): Promise<readonly ExportedUnit[]> {
  const units = join(root, `units-${folders++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(units, name)), { recursive: true });
    writeFileSync(join(units, name), text);
  }
  const { units: read } = await readUnits({ units, defaultDir: join(root, "none"), wwwDir: join(root, "none") });
  return (await Promise.all(read.map(exportedUnit))).filter((one) => one !== null);
}

/** The request of the unit `web` of what an import makes. */
export async function imported(...sources: readonly Source[]): Promise<CreateRequest | null> {
  const { units } = await importSources(sources, hostOf(join(root, "none"), join(root, "none")));
  const made = await unitsOf(Object.fromEntries(units.map(({ name, text }) => [`${name}.yml`, text])));
  return requestOf(made, "web");
}

export function requestOf(units: readonly ExportedUnit[], name: string): CreateRequest | null {
  return units.find(({ unit }) => unit.name === name)?.launch.create ?? null;
}

/**
 * What the engine makes of a request: of a variable that is named twice the last counts, the order of variables and labels is
 * nothing, and its bridge is the default network.
 */
export function comparable(request: CreateRequest | null): unknown {
  if (!request) return null;
  const { Env = [], HostConfig: host = {}, ...body } = request.body;
  const { NetworkMode: mode, ...rest } = host;
  const named = mode === undefined || mode === "bridge" ? {} : { NetworkMode: mode };
  const variables = Object.fromEntries(Env.map((one) => [one.split("=")[0], one]));
  const networking = JSON.parse(JSON.stringify(body.NetworkingConfig ?? {}).replace('"bridge":', '"default":'));
  return {
    platform: request.platform,
    ...body,
    NetworkingConfig: networking,
    HostConfig: { ...rest, ...named },
    variables,
  };
}
