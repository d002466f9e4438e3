import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { showProblems } from "../../../src/cli/show/problems.ts";
import { readDeployFile } from "../../../src/deploy/deploy-file.ts";
import { readFiles } from "./support/read-one.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-latin1-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `é` is 0xE9, which is no UTF-8. */
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

async function shown(files: { readonly [path: string]: string | Buffer }): Promise<string> {
  const read = await readFiles(files);
  return showProblems(read.problems).replaceAll(`${read.folder}/`, "");
}

const message = "this byte is not UTF-8, and the engine could not be told it";
const hint = "write the file in UTF-8: iconv -f LATIN1 -t UTF-8 FILE";

test.each(["sh", "docker", "dotenv"])("a variable that is not UTF-8 is told, and not shown (%s)", async (format) => {
  const unit = `image: a:1\nenv_file: [{path: ../default/web, format: ${format}}]\n`;
  const env = latin1("# café\nA=1\nPW=hush é\nB=é\n");
  expect(await shown({ "units/web.yml": unit, "default/web": format === "sh" ? latin1("PW='hush é'\n") : env })).toBe(
    format === "sh"
      ? `default/web:1:10  error: ${message}    hint: ${hint}\n  1 | PW=…\n    |     ^\n`
      : `default/web:3:9  error: ${message}    hint: ${hint}\n  3 | PW=…\n    |     ^\n` +
          `default/web:4:3  error: ${message}    hint: ${hint}\n  4 | B=…\n    |   ^\n`,
  );
});

test.each([
  ["# café\nA=1\n", ""],
  ["A='1\n# é'\n", "2:3"],
  ["A=1 # é\n", ""],
])("what is said beside a variable may be anything: %j", async (text, place) => {
  const problems = await shown({ "units/web.yml": "image: a:1\n", "default/web": latin1(text) });
  expect(/^default\/web:(\S+)/.exec(problems)?.[1] ?? "").toBe(place);
});

test("characters of UTF-8 are what they are, the one for what could not be read too", async () => {
  const { units, problems } = await readFiles({
    "units/web.yml": "image: a:1\ncommand: [é, 😀, \uFFFD]\n",
    "default/web": "A=é😀\uFFFD\n",
  });
  expect(problems).toEqual([]);
  const [{ launch }] = units as [(typeof units)[0]];
  expect(launch).toMatchObject({
    create: { body: { Env: ["A=é😀\uFFFD"], Cmd: ["é", "😀", "\uFFFD"] } },
  });
});

test("a unit file that is not UTF-8 is told, without its secrets", async () => {
  const unit = latin1("image: a:1\nenvironment:\n  PW: hush é\n");
  expect(await shown({ "units/web.yml": unit })).toBe(
    `units/web.yml:3:12  error: ${message}    hint: ${hint}\n  3 |   PW: ···· ·\n    |            ^\n`,
  );
});

test("a tag that is not UTF-8 is no tag", async () => {
  expect(await shown({ "units/web.yml": "image: a:$TAG\n", "www/web/TAG": latin1("BY=José\nTAG=café\n") })).toContain(
    "www/web/TAG:2:1  warning: the tag has a byte in it that is not UTF-8    hint: write: export TAG=build-42\n",
  );
});

test("a file that OPTS names is told of", async () => {
  writeFileSync(join(folder, "more"), latin1("PW=hush é\n"));
  const problems = await shown({
    "units/web.yml": "image: a:1\n",
    "default/web": `OPTS="--env-file ${folder}/more"\n`,
  });
  expect(problems).toContain("cannot be read: it is not UTF-8");
  expect(problems).not.toContain("hush");
});

test("a deploy file that is not UTF-8 is told", async () => {
  writeFileSync(join(folder, "deploy.yml"), latin1("# é\nroles: {web: [a]}\n"));
  await expect(readDeployFile(join(folder, "deploy.yml"))).rejects.toMatchObject({ problems: [{ line: 1, message }] });
});
