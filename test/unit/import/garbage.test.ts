import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, asyncProperty } from "fast-check";
import { expect, test } from "vitest";
import { hostOf } from "../../../src/convert/import/host.ts";
import { importSources } from "../../../src/convert/import/import.ts";
import { type Kind, kinds, type Source } from "../../../src/convert/import/source.ts";
import { readUnitFile } from "../../../src/unit/unit-file.ts";
import { mutated } from "../../support/mutations.ts";

/** Whatever stands in a file, an import ends, says what it did not understand, and writes what svc's reader accepts. */
const runs = Number(process.env.SVC_RUNS ?? 300);
const host = hostOf("/nowhere", "/nowhere");

test.each(kinds)("%s", { timeout: 60_000 + runs * 100 }, async (kind) => {
  const folder = join(import.meta.dirname, "data", kind);
  const seeds = readdirSync(folder).map(
    (name) => readFileSync(join(folder, name), "utf8").split(/^>>> .*\n/m)[1] ?? "",
  );
  await assert(
    asyncProperty(mutated(seeds), async (mutant) => {
      // What was read of a file is UTF-8.
      const text = mutant.toWellFormed();
      const { units, notes } = await importSources([sourceOf(kind, text)], host);
      expect(units.length + notes.length).toBeGreaterThan(0);
      for (const { name, text: written } of units) {
        const { problems } = readUnitFile(name, `/${name}.yml`, written);
        expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
      }
    }),
    { numRuns: runs },
  );
});

function sourceOf(kind: Kind, text: string): Source {
  switch (kind) {
    case "systemd":
      return { kind, name: "web", file: "/srv/web.service", text, dropIns: [], starters: [] };
    case "upstart":
      return { kind, name: "web", file: "/etc/init/web.conf", text, override: null };
    case "supervisord":
      return { kind, file: "/etc/supervisor/web.conf", text };
    case "compose":
      return { kind, file: "/srv/compose.yaml", text };
    case "inspect":
      return { kind, file: "/srv/web.json", text, isFile: true };
  }
}
