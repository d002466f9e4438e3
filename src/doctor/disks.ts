import { statfs } from "node:fs/promises";
import { bad, type Finding, type Host, ok, warn } from "./finding.ts";

const scarce = { part: 0.1, bytes: 1 << 30 };
const exhausted = { part: 0.01, bytes: 64 << 20 };

/** Room where svc keeps its state and logs, and where the engine keeps images. */
export async function lookAtDisks({ places, info }: Host): Promise<readonly Finding[]> {
  const engine = process.env.DOCKER_HOST ?? "";
  const isElsewhere = engine !== "" && !engine.startsWith("unix://");
  const folders: readonly (readonly [string, string])[] = [
    ["state", places.state],
    ["logs", places.logs],
    ...(info && !isElsewhere ? ([["engine", info.rootFolder]] as const) : []),
  ];
  const found = await Promise.all(folders.map(([what, folder]) => lookAt(`disk of ${what}`, folder)));
  if (!info || !isElsewhere) return found;
  return [...found, ok("disk of engine", `not looked at: it may be on another host, as DOCKER_HOST is ${engine}`)];
}

async function lookAt(about: string, folder: string): Promise<Finding> {
  const found = await statfs(folder).catch(() => null);
  if (!found) return warn(about, `there is no ${folder}`, "it is made when svc starts: systemctl start svc");
  const free = found.bavail * found.bsize;
  const part = found.blocks === 0 ? 1 : found.bavail / found.blocks;
  const inodes = found.files === 0 ? 1 : found.ffree / found.files;
  const words = `${folder}: ${gibibytes(free)} free, ${Math.round(part * 100)} %`;
  const remedy = `see what fills it: du -xh --max-depth=2 ${folder} | sort -h | tail; docker system df`;
  if (free < exhausted.bytes || part < exhausted.part) return bad(about, words, remedy);
  if (inodes < scarce.part)
    return warn(about, `${folder}: ${Math.round(inodes * 100)} % of the inodes are free`, remedy);
  if (free < scarce.bytes || part < scarce.part) return warn(about, words, remedy);
  return ok(about, words);
}

function gibibytes(bytes: number): string {
  return bytes < 1 << 30 ? `${Math.round(bytes / 1048576)} MiB` : `${Math.round((bytes / 2 ** 30) * 10) / 10} GiB`;
}
