import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { showImport } from "../../../src/cli/show/import-report.ts";
import { findSources } from "../../../src/convert/import/find-sources.ts";
import { hostOf } from "../../../src/convert/import/host.ts";
import { importSources } from "../../../src/convert/import/import.ts";
import { kinds } from "../../../src/convert/import/source.ts";
import { unitNames } from "../../../src/unit/unit-folder.ts";

/**
 * Each file of data/KIND holds what somebody has, files of the host (`>>> etc/…`, found at /srv/shop/etc/…), and what the import makes of it, all of it.
 * `SVC_EXPECT=write npx vitest run test/unit/import` writes the expectations anew, to be read before they are committed.
 */
const root = mkdtempSync(join(tmpdir(), "svc-import-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const cases = kinds.flatMap((kind) => {
  const folder = join(import.meta.dirname, "data", kind);
  return readdirSync(folder).map((name) => [`${kind} ${basename(name, ".txt")}`, join(folder, name)] as const);
});

test.each(cases)("%s", async (name, path) => {
  const text = readFileSync(path, "utf8");
  const parts = text.split(/^>>> (.*)\n/m).slice(1);
  const files = new Map(parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1] ?? ""] as const] : [])));
  const expected = files.get("expected") ?? "";
  files.delete("expected");
  const got = await run(name, files);
  if (process.env.SVC_EXPECT === "write") {
    writeFileSync(path, `${text.replace(/^>>> expected\n[\s\S]*/m, "").trimEnd()}\n\n>>> expected\n${got}`);
    return;
  }
  expect(got).toBe(expected);
});

/** Values of variables in the data; none of them may be in a report. */
const secrets = /hunter2|s3cr\$t|pa\$\$?word|token=abc|abc123|x y z|change me/;

async function run(name: string, files: ReadonlyMap<string, string>): Promise<string> {
  const folder = join(root, name.replace(" ", "-"), "shop");
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text.replaceAll("/srv/shop", folder));
  }
  const there = await unitNames(join(folder, "etc/svc/units"));
  const here = hostOf(join(folder, "etc/default"), join(folder, "var/www"), new Set(there));
  // What lies on the machine that the tests run on is nothing to them.
  const host = { ...here, readFile: (path: string) => (path.startsWith(folder) ? here.readFile(path) : null) };
  const first = [...files.keys()].filter(
    (path) => !path.includes("/") && !/\.(env|override|list|timer|socket)$|^profile/.test(path),
  );
  const sources = await findSources(
    first.map((path) => join(folder, path)),
    null,
  );
  const { units, notes } = await importSources(sources, host);
  const shown = units.map((unit) => `# ${unit.name}.yml\n${unit.text}\n`).join("");
  const report = showImport(notes);
  expect(report).not.toMatch(secrets);
  return `${shown}${report}`.replaceAll(folder, "/srv/shop");
}

test("a file that is not UTF-8 is refused, and what makes it so is said", async () => {
  const file = join(root, "latin.conf");
  writeFileSync(file, Buffer.from("script\n  exec docker run -e A=\xe9 redis\nend script\n", "latin1"));
  await expect(findSources([file], null)).rejects.toMatchObject({
    message: `${file} is not UTF-8`,
    hint: `write it in UTF-8:  iconv -f LATIN1 -t UTF-8 ${file}`,
  });
});
