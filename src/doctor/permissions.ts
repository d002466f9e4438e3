import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bad, type Finding, type Host, ok } from "./finding.ts";

const writableByOthers = 0o022;
const forAll = 0o007;

/**
 * Who may change what svc runs as root, and who may read what units write. Unit files say what root runs: whoever may write them,
 * their folder or their env files is root.
 */
export async function lookAtPermissions({ places, units }: Host): Promise<readonly Finding[]> {
  const program = join(dirname(places.units), "on_event");
  const sources = units.units.flatMap((unit) => unit.sources.filter((file) => !file.endsWith("/TAG")));
  const files = (await readdir(places.units).catch(() => [])).map((name) => join(places.units, name));
  const trusted = [...new Set([places.units, ...files, ...sources, program])];
  const writable = (await Promise.all(trusted.map(whoElseWrites))).flat();
  const kept = (await Promise.all([places.state, places.logs, places.socket].map(whoElseReads))).flat();
  if (writable.length + kept.length === 0)
    return [ok("permissions", "root alone writes unit and env files; state, logs and socket are closed to others")];
  return [...writable, ...kept];
}

async function whoElseWrites(path: string): Promise<readonly Finding[]> {
  const found = await stat(path).catch(() => null);
  if (!found) return [];
  const findings: Finding[] = [];
  if ((found.mode & writableByOthers) !== 0) {
    const who = (found.mode & 0o002) === 0 ? "its group" : "everybody";
    findings.push(
      bad("permissions", `${path} may be written by ${who}, and says what root runs`, `chmod go-w ${path}`),
    );
  }
  if (found.uid !== 0 && process.getuid?.() === 0) {
    findings.push(
      bad("permissions", `${path} is owned by user ${found.uid}, and says what root runs`, `chown root ${path}`),
    );
  }
  return findings;
}

async function whoElseReads(path: string): Promise<readonly Finding[]> {
  const found = await stat(path).catch(() => null);
  if (!found || (found.mode & forAll) === 0) return [];
  const mode = (found.mode & 0o777).toString(8);
  return [bad("permissions", `${path} has mode ${mode}: everybody may use it`, `chmod o-rwx ${path}`)];
}
