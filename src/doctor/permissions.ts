import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bad, type Finding, type Host, ok } from "./finding.ts";

const groupWrites = 0o020;
const allWrite = 0o002;
const forAll = 0o007;
const sticky = 0o1000;

/**
 * Who may change what svc runs as root, and who may read what units write. Unit files say what root runs: whoever may write them,
 * their folder, their env files or the folders of these is root. Who may write a TAG file chooses among an app's tags, which is
 * what deploy jobs are for.
 */
export async function lookAtPermissions({ places, units }: Host): Promise<readonly Finding[]> {
  const tags = units.units.map(({ tagFile }) => tagFile);
  const sources = units.units.flatMap((unit) => unit.sources.filter((file) => !tags.includes(file)));
  const files = (await readdir(places.units).catch(() => [])).map((name) => join(places.units, name));
  const etc = dirname(places.units);
  const trusted = await seen([
    ...[etc, places.units, places.defaultDir, join(etc, "on_event")],
    ...[...files, ...sources, ...sources.map((file) => dirname(file))],
  ]);
  const deployed = await seen([places.wwwDir, ...tags.map((file) => dirname(file)), ...tags]);
  const kept = await seen([places.state, places.logs, places.socket]);
  const runsAs = kept.find(({ path }) => path === places.socket)?.stats.uid ?? process.getuid?.() ?? 0;
  const faults = [
    ...trusted.flatMap((one) => whoElseWrites(one, runsAs)),
    ...deployed.flatMap(mayAllDeploy),
    ...kept.flatMap(whoElseReads),
  ];
  const closed = Object.entries({ state: places.state, logs: places.logs, socket: places.socket })
    .filter(([, path]) => kept.some((one) => one.path === path))
    .map(([name]) => name);
  return [
    ...(faults.length > 0
      ? faults
      : well(
          trusted.some(({ path }) => path === places.units),
          closed,
        )),
    ...deployers(deployed, runsAs),
  ];
}

type Seen = { readonly path: string; readonly stats: Stats };

/** Those that are there, each once. */
async function seen(paths: readonly string[]): Promise<readonly Seen[]> {
  const found = [...new Set(paths)].map(async (path) => ({ path, stats: await stat(path).catch(() => null) }));
  return (await Promise.all(found)).flatMap(({ path, stats }) => (stats ? [{ path, stats }] : []));
}

/** Of what was there to be looked at. */
function well(hasFiles: boolean, closed: readonly string[]): readonly Finding[] {
  const names = closed.join(", ").replace(/, (?=\w+$)/, " and ");
  const words = [
    ...(hasFiles ? ["root alone writes unit and env files, and their folders"] : []),
    ...(closed.length > 0 ? [`${names} ${closed.length === 1 ? "is" : "are"} closed to others`] : []),
  ];
  return words.length > 0 ? [ok("permissions", words.join("; "))] : [];
}

function whoElseWrites({ path, stats }: Seen, runsAs: number): readonly Finding[] {
  const findings: Finding[] = [];
  if ((stats.mode & (groupWrites | allWrite)) !== 0) {
    const who = (stats.mode & allWrite) === 0 ? "its group" : "everybody";
    const remedy =
      (stats.mode & sticky) === 0 ? `chmod go-w ${path}` : "keep these files in a folder that root alone may write";
    findings.push(bad("permissions", `${path} may be written by ${who}, and says what root runs`, remedy));
  }
  if (isAnothers(stats, runsAs)) {
    findings.push(
      bad("permissions", `${path} is owned by user ${stats.uid}, and says what root runs`, `chown root ${path}`),
    );
  }
  return findings;
}

/** Neither root's nor of the user whom the daemon runs as, who made its socket; without one, who asks would run it. */
function isAnothers({ uid }: Stats, runsAs: number): boolean {
  return uid !== 0 && uid !== runsAs;
}

function mayAllDeploy({ path, stats }: Seen): readonly Finding[] {
  if ((stats.mode & allWrite) === 0) return [];
  return [bad("permissions", `${path} may be written by everybody, and says which tag runs`, `chmod o-w ${path}`)];
}

/** What everybody may write is told as a fault. */
function deployers(deployed: readonly Seen[], runsAs: number): readonly Finding[] {
  const words = deployed.flatMap(({ path, stats }) => {
    if ((stats.mode & allWrite) !== 0) return [];
    const user = isAnothers(stats, runsAs) ? [`user ${stats.uid}`] : [];
    const group = (stats.mode & groupWrites) === 0 ? [] : [`group ${stats.gid}`];
    const who = [...user, ...group];
    return who.length > 0 ? [`${path} (${who.join(", ")})`] : [];
  });
  return words.length > 0 ? [ok("permissions", `which tag runs is said by others too: ${words.join(", ")}`)] : [];
}

function whoElseReads({ path, stats }: Seen): readonly Finding[] {
  if ((stats.mode & forAll) === 0) return [];
  const mode = (stats.mode & 0o777).toString(8);
  return [bad("permissions", `${path} has mode ${mode}: everybody may use it`, `chmod o-rwx ${path}`)];
}
