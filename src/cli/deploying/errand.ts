import { setTimeout as sleep } from "node:timers/promises";
import type { Errand } from "../../deploy/deploy.ts";
import type { DeployFile } from "../../deploy/deploy-file.ts";
import { svcHost } from "../../deploy/svc-host.ts";
import { SvcError } from "../../svc-error.ts";
import type { Cli } from "../context.ts";
import { spanOf } from "../show/times.ts";
import { whoAmI } from "./who-am-i.ts";

/** Of every command that moves an app to another tag on hosts. */
export type ErrandOptions = {
  readonly file?: string;
  readonly hosts?: string;
  readonly minHealthy?: string;
  readonly deadline?: string;
};

/** What a deploy and a revert have in common, from the options, which win over the file. SIGINT and SIGTERM end it. */
export function errandOf(
  cli: Cli,
  { id, app, say }: Pick<Errand, "id" | "app" | "say">,
  options: ErrandOptions,
  file: DeployFile | null,
): Errand {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new SvcError("failed", "it was interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  return {
    id,
    app,
    who: whoAmI(cli),
    hosts: hostsOf(options, file).map(({ name, units }) => svcHost(name, units, cli)),
    ...gateOf(options, file),
    signal: interrupted.signal,
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted()),
    say,
  };
}

export async function readDeployFileOf({ file }: ErrandOptions): Promise<DeployFile | null> {
  if (file === undefined) return null;
  const { readDeployFile } = await import("../../deploy/deploy-file.ts");
  return readDeployFile(file);
}

/** A file that is of another app is not meant. */
export function refuseOtherApp(
  app: string | undefined,
  inFile: string | null,
  file: string | undefined,
  hint: string,
): void {
  if (inFile !== null && app !== inFile)
    throw new SvcError("usage", `${file} is of ${inFile}, not of ${app}`, { hint });
}

function gateOf({ minHealthy, deadline }: ErrandOptions, file: DeployFile | null) {
  return {
    minHealthyMs: minHealthy === undefined ? (file?.minHealthyMs ?? 10_000) : spanOf(minHealthy),
    deadlineMs: deadline === undefined ? (file?.deadlineMs ?? 60_000) : spanOf(deadline),
  };
}

type NamedHost = { readonly name: string | null; readonly units: readonly string[] | null };

/** Those of --hosts, each with the units that the file's roles give it; else the file's; else this one. */
function hostsOf({ hosts: said, file: path }: ErrandOptions, file: DeployFile | null): readonly NamedHost[] {
  const names = (said ?? "").split(",").filter(Boolean);
  const inFile = file?.hosts ?? [];
  if (names.length === 0) return inFile.length > 0 ? inFile : [{ name: null, units: null }];
  if (new Set(names).size < names.length)
    throw new SvcError("usage", "a host is named twice", { hint: "name each once" });
  const hasRoles = inFile.some(({ units }) => units !== null);
  return names.map((name) => {
    const known = inFile.find((host) => host.name === name);
    if (!known && hasRoles)
      throw new SvcError("usage", `${name} has no role in ${path}`, {
        hint: `these have: ${inFile.map((host) => host.name).join(", ")}`,
      });
    return known ?? { name, units: null };
  });
}
