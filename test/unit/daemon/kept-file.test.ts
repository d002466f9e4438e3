import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readDefinitions } from "../../../src/daemon/definitions.ts";
import { deployJournal } from "../../../src/daemon/deploy/deploy-journal.ts";
import { readSaved } from "../../../src/daemon/saved-state.ts";

type Warn = (message: string) => void;

const lock = { who: "ann", why: "the sale", since: "2026-01-02T03:04:05Z" };
const files: [name: string, what: string, read: (folder: string, warn: Warn) => Promise<unknown>][] = [
  ["state.json", "the saved state", readSaved],
  ["definitions.json", "kept definitions", (folder, warn) => readDefinitions(folder, "boot", warn)],
  // It saves at once.
  ["deploys.json", "deploys and locks", async (...about) => (await deployJournal(...about)).setLock("web", lock)],
];

/** Root may read every file: a link that leads to itself nobody can read. */
function placeUnreadable(name: string): { readonly folder: string; readonly path: string; readonly aside: string } {
  const folder = mkdtempSync(join(tmpdir(), "svc-kept-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  symlinkSync(name, path);
  return { folder, path, aside: `${path}.unreadable` };
}

describe.each(files)("%s", (name, what, read) => {
  test("one that is there and cannot be read is moved aside and told of", async () => {
    const { folder, aside } = placeUnreadable(name);
    const told: string[] = [];
    await read(folder, (message) => told.push(message));
    expect(lstatSync(aside).isSymbolicLink()).toBe(true);
    expect(told).toEqual([
      expect.stringMatching(`^the file of ${what} cannot be read and was moved to ${aside}: ELOOP`),
    ]);
  });

  test("nor is one that makes no sense written over", async () => {
    const { folder, path, aside } = placeUnreadable(name);
    rmSync(path);
    writeFileSync(path, '{"version":1,');
    const told: string[] = [];
    await read(folder, (message) => told.push(message));
    expect(readFileSync(aside, "utf8")).toBe('{"version":1,');
    expect(told).toHaveLength(1);
  });

  test("where it cannot be moved, nothing begins that would write over it", async () => {
    const { folder, path, aside } = placeUnreadable(name);
    mkdirSync(aside);
    const told: string[] = [];
    const warn: Warn = (message) => told.push(message);
    await expect(read(folder, warn)).rejects.toMatchObject({ code: "missing-file" });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  test("where there is none nothing is told", async () => {
    const { folder, path } = placeUnreadable(name);
    rmSync(path);
    await read(folder, (message) => expect.fail(message));
  });
});
