import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { deployJournal } from "../../../src/daemon/deploy/deploy-journal.ts";

const lock = { who: "ann", why: "the sale", since: "2026-01-02T03:04:05Z" };
const never = (message: string): void => expect.fail(message);

function makeFolder(): { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "svc-deploys-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { folder, path: join(folder, "deploys.json") };
}

test("what is kept is there again; a host without deploys has none, and is told of nothing", async () => {
  const { folder } = makeFolder();
  await (await deployJournal(folder, never)).setLock("web", lock);
  const again = await deployJournal(folder, never);
  expect([again.lockOf("web"), again.lockOf("db"), again.lockOf("constructor")]).toEqual([lock, null, null]);
});

test.each([
  ["is torn", (path: string) => truncateSync(path, readFileSync(path).length - 5)],
  ["is of a later version", (path: string) => writeFileSync(path, '{"version":2,"records":[],"locks":{}}')],
  ["is something else", (path: string) => writeFileSync(path, '{"version":1,"records":{},"locks":[]}')],
])("a file that %s is moved aside and told of, with the locks in it", async (_, damage) => {
  const { folder, path } = makeFolder();
  await (await deployJournal(folder, never)).setLock("web", lock);
  damage(path);
  const damaged = readFileSync(path, "utf8");
  const told: string[] = [];
  const journal = await deployJournal(folder, (message) => told.push(message));
  expect(told).toEqual([
    expect.stringContaining(`the file of deploys and locks cannot be read and was moved to ${path}.unreadable: `),
  ]);
  expect(readFileSync(`${path}.unreadable`, "utf8")).toBe(damaged);
  expect([journal.all(), journal.lockOf("web")]).toEqual([[], null]);
});
