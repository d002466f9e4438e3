import fc from "fast-check";
import { expect, test } from "vitest";
import { showProblems } from "../../../src/cli/show/problems.ts";
import { readUnitFile } from "../../../src/unit/unit-file.ts";

/** A file that is no YAML any more is looked at by somebody who may not be meant to read its secrets, over a shoulder or in a log. */
const runs = Number(process.env.SVC_RUNS ?? 4_000);
const timeout = 60_000 + runs * 20;

const secret = "hunter12";
const where: readonly string[] = [
  "environment:\n  A: 1\n  NAME: #\n  B: x\n",
  "environment:\n  - A=1\n  - NAME=#\n",
  "environment: {A: 1, NAME: #, B: x}\n",
  'environment: {A: 1, "NAME": "#", B: x}\n',
  "environment: {\n  A: 1,\n  NAME: #,\n  B: x }\n",
  "environment: [A=1, NAME=#]\n",
  "labels:\n  a.b: c\n  my.name: '#'\n",
  "labels: {a.b: c, my.name: #}\n",
  "options: --tty -e NAME=# --rm\n",
  "options: >-\n  -e NAME=#\n  --tty\n",
  "command: run --name # --port 80\n",
  'command: ["run", "--name", "#", x]\n',
  "command:\n  - run\n  - --name\n  - #\n",
  "pre_start: [{command: env NAME=# true}]\n",
];
const signs = ["!", "*", "&", "|", ">", "[", "]", "{", "}", "- ", "? ", "@", "`", "%", '"', "'", ", ", "${", "#"];
const trouble = [...signs, ": ", "\t", "\n", " ", "\\", "=", "---\n", "x: y"];

/** The secret stands at # of a good file, which is broken elsewhere: a sign before it, something put in, something left out. */
const broken = fc
  .record({
    place: fc.constantFrom(...where),
    before: fc.constantFrom("", ...signs),
    breaks: fc.array(fc.record({ at: fc.nat(500), cut: fc.nat(3), put: fc.constantFrom("", ...trouble) }), {
      maxLength: 3,
    }),
  })
  .map(({ place, before, breaks }) => {
    let text = `image: a\n${place}tty: true\nrestart: always\n`.replace("#", `${before}\u0001`);
    for (const { at, cut, put } of breaks) {
      const from = at % (text.length + 1);
      // A name that ends there would be no secret any more.
      if (text[from - 1] === "\u0001" && /^[\w.-]*\s*[:=]/.test(put + text.slice(from + cut))) continue;
      if (!text.slice(from, from + cut).includes("\u0001")) text = text.slice(0, from) + put + text.slice(from + cut);
    }
    return text.replace("\u0001", secret);
  });

test("a file that is no YAML shows none of its values, whatever is broken", { timeout }, () => {
  let told = 0;
  fc.assert(
    fc.property(broken, (text) => {
      const { problems } = readUnitFile("web", "web.yml", text);
      if (problems.every(({ code }) => code !== "yaml")) return;
      told++;
      expect(JSON.stringify(problems) + showProblems(problems)).not.toContain("hunter");
    }),
    { numRuns: runs },
  );
  expect(told).toBeGreaterThan(runs / 4);
});
