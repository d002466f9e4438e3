import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { readEnvText } from "../../../src/unit/app-files/env-file.ts";
import { askCli, cliMajor } from "../docker-run/support/recording-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "svc-env-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Variables = { readonly [name: string]: string };

/** What sh makes of the files, read one after the other; null when it refuses them or a command in them fails. */
function shell(...texts: readonly string[]): Variables | null {
  const files = texts.map((text, index) => {
    const file = join(folder, `env-${index}`);
    writeFileSync(file, text);
    return file;
  });
  const script = `set -ae; ${files.map((file) => `. ${file}`).join("; ")}; /usr/bin/env -0`;
  try {
    const out = execFileSync("env", ["-i", "sh", "-c", script], { stdio: ["ignore", "pipe", "ignore"] }).toString();
    const own = out.split("\0").filter((pair) => /^(T_|OPTS|EXTRA|IMAGE|TAG|REPOSITORY|DAEMON_)/.test(pair));
    return Object.fromEntries(own.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  } catch {
    return null;
  }
}

/** What svc makes of them; null when it tells a problem. */
function ours(...texts: readonly string[]): Variables | null {
  const known = new Map<string, string>();
  for (const text of texts) {
    const { assignments, problems } = readEnvText(text, "sh", { known });
    if (problems.length > 0) return null;
    for (const { name, value } of assignments) known.set(name, value);
  }
  return Object.fromEntries(known);
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are for the shell.
const files = [
  "",
  "\n\n  \n",
  "# only a comment",
  "T_A=1",
  "T_A=1\n",
  "export T_A=1\nT_B=2",
  "export\tT_A=1",
  "  T_A=1\n\tT_B=2",
  `T_A="x y"\nT_B='x y'`,
  `T_A="say \\"hi\\""`,
  "T_A=x#c",
  "T_A=x #c",
  "T_A= #c",
  "T_A=#c",
  "T_A=x;#c",
  `T_A="x #c" # d`,
  `T_A="x"y'z'`,
  `T_A='it'\\''s'`,
  `T_A=""\nT_B=''\nT_C=`,
  "T_A=one\\\ntwo",
  "T_A=one \\\n  T_B=two",
  "T_A=1 \\\n\n T_B=2",
  `T_A="l1\nl2"`,
  `T_A="l1 \\\nl2"`,
  `T_A='l1 \\\nl2'`,
  "T_A=a\\ b",
  "T_A=a\\\\b\\\"c\\'d\\$e",
  "T_A=\\\n",
  "T_A=x\\",
  `T_A='a\\nb'\nT_B="a\\nb"`,
  `T_A="a\\\\nb\\$c\\\`d\\xe"`,
  "# comment\n\n  T_A=1  # more\n",
  "T_A=1\nT_B=$T_A/x\nT_C=\"${T_A}y\"\nT_D='$T_A'",
  'T_A=$T_NOT_SET\nT_B="a${T_NOT_SET}b"',
  "T_A=1\nT_A=$T_A$T_A\nT_A=$T_A$T_A",
  'T_A="a b"\nT_B=$T_A\nexport T_C=$T_A',
  "T_A=1\nT_B=${T_A}2$T_A-3",
  'T_A=1\nT_AB=2\nT_B=$\\\nT_A\nT_C=${\\\nT_A}\nT_D=$T_A\\\nB\nT_E="$\\\nT_A"\nT_F=$\\\n\nT_G=$\\\n\\\nT_A',
  'T_A="\\"x\\""\nT_B=$T_A',
  "T_A=1;T_B=2",
  "T_A=1; T_B=2 ;T_C=3",
  "T_A=1;;",
  "T_A=1; ;T_B=2",
  "; T_A=1",
  "T_A=1\n;",
  "T_A=1; # c\n; T_B=2",
  "T_A=1;\\\n;",
  "T_A=1;\n\nT_B=2;\n#;\n",
  "T_A=1 T_B=2",
  "T_A=1 T_B=$T_A",
  "export T_A=1 T_B=2 # c",
  "export T_A=1 \\\n  T_B=2",
  "T_A=1\nexport T_A",
  "T_A=1; export T_A",
  "export T_A T_B=2",
  "T_A=1\nT_B=2\nexport T_A T_B",
  "export T_NOT_SET",
  `T_OPTS="--link postfix:mail -e 'A=b c' \\\n  -m 64m"`,
  `OPTS="-m 64m"\nOPTS="$OPTS -p 80:80"`,
  `DAEMON_OPTS="--pidfile=/run/x.pid --user=www-data"`,
  "DAEMON_ARGS='-c /etc/x.conf'\n# START=yes\nexport T_START=no",
  "IMAGE=registry.example:5000/team/app\nTAG=build-42\nREPOSITORY=registry.example:5000",
  'IMAGE="app"\nOPTS=\'--env "A=b c"\'\nEXTRA="--memory=64m"',
  "T_URL=postgres://user:p%40ss@db:5432/shop?sslmode=disable",
  "T_URL='a=b&c=d'",
  "T_A=C:\\dir",
  "T_A=a$",
  'T_A="a$"',
  'T_A="a$ b"\nT_B=$',
  "T_A=a=b=c",
  "T_A={a,b}*[x]?~",
  "T_A=a~b!c%d^e+f,g:h@i",
  "T_É=1\nT_A=é",
  "T_A=é日本\nT_B='ü'",
  "T_A=1\n\n\n#x\nT_B='\n\n'",
  'T_A="a\tb"\nT_B=a\\\tb',
  "T_JSON='{\"a\": [1, 2]}'",
  "T_A=0\nT_B=007\nT_C=-1",
  "T_A='x'#y",
  "T_A=''x''",
  "T_A=\"'\"\nT_B='\"'",
];

test.each(files)("is read as sh reads it: %j", (text) => {
  const expected = shell(text);
  // A name with a letter that sh does not know makes a command of the line.
  if (expected === null) expect(ours(text)).toBeNull();
  else expect(ours(text)).toEqual(expected);
});

test("there are at least 60 files, and sh takes nearly all of them", () => {
  expect(files.length).toBeGreaterThanOrEqual(60);
});

const refused: readonly [text: string, line: number, column: number, message: string][] = [
  ["T_A=$(date)", 1, 5, "this is a command, and nothing here is executed"],
  ["T_A=x`date`", 1, 6, "this is a command, and nothing here is executed"],
  ['T_A="$((1+1))"', 1, 6, "this is a command, and nothing here is executed"],
  ["T_A=1\nrm -rf x", 2, 1, "this is not an assignment"],
  ["T_A = 1", 1, 1, "this is not an assignment"],
  ["1T_A=1", 1, 1, "this is not an assignment"],
  ["T-A=1", 1, 1, "this is not an assignment"],
  [". /etc/default/other", 1, 1, "this is not an assignment"],
  ["if [ -f x ]; then T_A=1; fi", 1, 1, "this is not an assignment"],
  ["T_A='x", 1, 5, "this single quote is not closed"],
  ['T_A=1\n  T_B=x"y', 2, 8, "this double quote is not closed"],
  ["T_A=a b", 1, 7, "the value ended before this word"],
  ["T_A=a&b", 1, 6, "an unquoted & ends the value for a shell"],
  ["T_A=(1 2)", 1, 5, "an unquoted ( ends the value for a shell"],
  ["T_A=a|b", 1, 6, "an unquoted | ends the value for a shell"],
  ["T_A=${B:-x}", 1, 5, "this expansion is not known here"],
  ["T_A=a$$b", 1, 6, "this expansion is not known here"],
  ["T_A=$1", 1, 5, "this expansion is not known here"],
  ['T_A="$?"', 1, 6, "this expansion is not known here"],
];

test.each(["sh", "docker", "dotenv"] as const)("a NUL byte is told with its place: %s", (format) => {
  const message = "this is a NUL byte, which no variable can hold";
  expect(readEnvText("T_A=1\nT_B=x\0y\n", format)).toMatchObject({
    assignments: [],
    problems: [{ line: 2, column: 6, message }],
  });
});

test("a variable that is not set before is told, where sh would take an inherited one", () => {
  const known = new Map([["T_A", "1"]]);
  const { assignments, problems, warnings } = readEnvText("PATH=/x:$PATH\nT_B=$T_A'$T_C'\nT_D=\"${T_E}$T_B\"", "sh", {
    known,
  });
  expect(assignments.map(({ value }) => value)).toEqual(["/x:", "1$T_C", "1$T_C"]);
  expect(problems).toEqual([]);
  expect(warnings?.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    "1:9 PATH is not set before this line, so nothing stands in its place",
    "3:6 T_E is not set before this line, so nothing stands in its place",
  ]);
});

test.each(refused)("what is no plain assignment is told with its place: %j", (text, line, column, message) => {
  expect(readEnvText(text, "sh").problems[0]).toMatchObject({ line, column, message });
});

test("all problems of a file are told, and what is right is read", () => {
  const { assignments, problems } = readEnvText("A=1\nB=$(x)\nfoo\nC='2'\nD=x y\n", "sh");
  expect(problems.map(({ line }) => line)).toEqual([2, 3, 5]);
  expect(assignments.map(({ name }) => name)).toEqual(["A", "C", "D"]);
});

test("a later file goes on from an earlier one", () => {
  const two = ['OPTS="-m 64m"\nT_A=1\n', 'OPTS="$OPTS -p 80:80"\nT_B=$T_A\n'] as const;
  expect(ours(...two)).toEqual(shell(...two));
});

test("files of other systems: a byte order mark and CRLF are not meant", () => {
  expect(ours("\uFEFFT_A=1\r\nexport T_B='x y'\r\nT_C=\"a\r\nb\"\r\n")).toEqual({ T_A: "1", T_B: "x y", T_C: "a\nb" });
});

const piece = fc.oneof(
  fc.constantFrom("a", "x=1", "\\ ", "\\\\", '\\"', "\\'", "\\$", "\\\n", "-", "/", ":", "#", "é", "~x"),
  fc.constantFrom("$T_A", "$T_B", "${T_A}", "${T_C}", "$"),
  fc
    .string({ unit: fc.constantFrom("a", " ", "#", "=", ";", "\n", '"', "\\", "$", "&"), maxLength: 6 })
    .map((text) => `'${text}'`),
  fc
    .string({
      unit: fc.constantFrom("a", " ", "#", "=", ";", "\n", "'", "\\\\", '\\"', "\\$", "\\\n", "\\a", "&"),
      maxLength: 6,
    })
    .map((text) => `"${text}"`),
);
const value = fc
  .array(
    piece.filter((one) => one !== "b c"),
    { maxLength: 4 },
  )
  .map((pieces) => pieces.join(""));
const name = fc.constantFrom("T_A", "T_B", "T_C");
const statement = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("", "export ", "  "), name, value)
      .map(([how, to, what]) => `${how}${to}=${what}`),
  },
  { weight: 1, arbitrary: fc.tuple(name, value, name, value).map(([a, b, c, d]) => `export ${a}=${b} ${c}=${d}`) },
  { weight: 1, arbitrary: fc.constantFrom("# a 'comment", "", "export T_A", "   ", "export T_B T_C") },
);
const file = fc
  .array(fc.tuple(statement, fc.constantFrom("\n", "\n\n", " # c\n", " ; ", "\n  ")), { maxLength: 5 })
  // A ; ends something.
  .map((lines) => lines.map(([line, end]) => line + (/^\s*(#|$)/.test(line) ? "\n" : end)).join(""));

test("any file of assignments is read as sh reads it", () => {
  let compared = 0;
  fc.assert(
    fc.property(file, (text) => {
      const read = ours(text);
      const expected = shell(text);
      // $$, $# and their like are told instead of being guessed.
      if (read === null) return /\$[$#?!@*0-9-]/.test(text.replaceAll("\\\n", ""));
      compared++;
      expect(read, text).toEqual(expected);
      return true;
    }),
    { numRuns: Number(process.env.SVC_RUNS ?? 300) },
  );
  expect(compared).toBeGreaterThan(200);
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: these were for the shell.

const dockerFiles = [
  "A=1\n",
  "A='1 2'\nB=\"x\"\nC=x #y\n",
  "  A=1\n\tB=2\n#C=3\n\nD=\n",
  "A=$B\nB=a=b=c\nC= x \n",
  "A=1\r\nB=2\r\n",
  "\uFEFFA=1\n",
  "FROM_HOST\nNOT_THERE\nA=1",
  "A=1\nA=2\n",
  "export A=1\n",
  "=1\n",
  "A B=1\n",
  "A.B-C=1\nÄ=2\n",
  "A=\\n\\\nB=2\n",
  "A=`x`$(y)\n",
];

test.skipIf(cliMajor() !== 28)("env_format: docker reads what docker run --env-file reads", async () => {
  const host = { FROM_HOST: "host value" };
  for (const [index, text] of dockerFiles.entries()) {
    writeFileSync(join(folder, "docker.env"), text);
    const words = ["--env-file", join(folder, "docker.env"), "busybox:1"];
    const answer = await askCli(words, `env-${index}.sock`, { path: folder, environment: host });
    const { assignments, problems } = readEnvText(text, "docker", { host });
    expect(problems.length > 0, text).toBe(answer === null);
    if (answer)
      expect(
        assignments.map((one) => `${one.name}=${one.value}`),
        text,
      ).toEqual(answer.body.Env);
  }
});
