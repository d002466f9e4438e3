import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import type { CreateRequest } from "../../../../src/unit/docker-run/create-request.ts";

/** What the docker CLI made of a line: the request it sent, or null when it refused. */
export type Answer = CreateRequest | null;

export type Folder = { readonly path: string; readonly environment: { readonly [name: string]: string } };

/** Runs `docker run` against a socket that notes the create request and then refuses it, so that nothing more is asked. */
export function askCli(words: readonly string[], socketName: string, folder: Folder): Promise<Answer> {
  const socket = join(folder.path, socketName);
  return recordCreate(socket, () => runCli(words, socket, folder));
}

/** The create request that a client of the engine sends to this socket while it runs. */
export async function recordCreate(socket: string, client: () => Promise<void>): Promise<Answer> {
  const found: CreateRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const url = new URL(incoming.url ?? "/", "http://engine");
      outgoing.setHeader("Api-Version", "1.51");
      outgoing.setHeader("Ostype", "linux");
      outgoing.setHeader("Content-Type", "application/json");
      if (!url.pathname.endsWith("/containers/create")) return outgoing.end(url.pathname === "/_ping" ? "OK" : "{}");
      const body = JSON.parse(Buffer.concat(chunks).toString()) as CreateRequest["body"];
      found.push({ name: url.searchParams.get("name"), platform: url.searchParams.get("platform"), body });
      outgoing.statusCode = 500;
      return outgoing.end('{"message":"noted"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    await client();
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return found[0] ?? null;
}

function runCli(words: readonly string[], socket: string, folder: Folder): Promise<void> {
  return new Promise((resolve, reject) => {
    const cli = spawn("docker", ["run", ...words], {
      cwd: folder.path,
      env: { ...folder.environment, PATH: process.env.PATH ?? "", HOME: folder.path, DOCKER_HOST: `unix://${socket}` },
      stdio: "ignore",
    });
    cli.once("error", reject);
    cli.once("close", () => resolve());
  });
}

/** The version of the docker CLI that is here; null: there is none. */
export function cliMajor(): number | null {
  try {
    const words = execFileSync("docker", ["--version"], { encoding: "utf8" });
    return Number(/version (\d+)\./.exec(words)?.[1] ?? Number.NaN);
  } catch {
    return null;
  }
}
