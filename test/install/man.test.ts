import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { svcProgram } from "../../src/cli/program.ts";
import { runnerOptions } from "../../src/runner/runner-options.ts";
import { errorCodes, exitStatuses } from "../../src/svc-error.ts";
import { allKeyHelp } from "../../src/unit/keys/key-help.ts";
import { run } from "../support/real-engine.ts";
import { dist, isHere } from "./support.ts";

let folder: string;
const roff = new Map<string, string>();
const pages = ["svc", "docker-runner", "svc-unit"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "svc-man-"));
  for (const page of pages) {
    const { stdout } = await run(join(dist, "svc"), ["man", page], { env: { PATH: "" } });
    roff.set(page, stdout);
    await writeFile(join(folder, page), stdout);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As a reader sees it, in lines of 400 characters, so that no word is split. */
async function rendered(page: string): Promise<string> {
  const { stdout } = await run("man", ["-l", join(folder, page)], {
    env: { PATH: process.env.PATH, LC_ALL: "C", MANWIDTH: "400", MAN_KEEP_FORMATTING: "" },
  });
  return stdout.replace(/ +/g, " ");
}

describe.each(pages)("%s", (page) => {
  test("is sound roff: known requests, balanced, ASCII, no stray escapes", () => {
    const text = roff.get(page) ?? "";
    const known = new Set(["TH", "SH", "SS", "PP", "TP", "RS", "RE", "nf", "fi", "br"]);
    const lines = text.split("\n");
    const count = (request: string): number => lines.filter((line) => line.split(" ")[0] === `.${request}`).length;
    expect(lines.filter((line) => /^[.']/.test(line) && !known.has(line.slice(1).split(" ")[0] ?? ""))).toEqual([]);
    expect({ RS: count("RS"), nf: count("nf"), TH: count("TH") }).toEqual({ RS: count("RE"), nf: count("fi"), TH: 1 });
    expect(text).toMatch(/^[\n -~]+$/);
    expect(text.replace(/\\(e|-|&|f[BIR]|\((aq|ga|ha|ti|mu|\+-)|\[u[0-9A-F]{4,6}\])/g, "")).not.toContain("\\");
    expect(
      lines.filter((line) => (line.match(/\\f[BI]/g) ?? []).length !== (line.match(/\\fR/g) ?? []).length),
    ).toEqual([]);
  });

  test("has what a man page has, in its order", () => {
    const sections = [...(roff.get(page) ?? "").matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name);
    const wanted: { readonly [page: string]: readonly string[] } = {
      svc: [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "COMMANDS",
        "KEYS",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
        "SEE ALSO",
      ],
      "docker-runner": [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
        "SEE ALSO",
      ],
      "svc-unit": [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "KEYS",
        "ENV FILES",
        "TEMPLATES",
        "FILES",
        "EXAMPLES",
        "SEE ALSO",
      ],
    };
    expect(sections).toEqual(wanted[page]);
  });

  test("is rendered without a warning", async ({ skip }) => {
    skip(!isHere("man"), "man is not on this machine");
    for (const LC_ALL of ["C", "C.UTF-8"]) {
      const env = { PATH: process.env.PATH, LC_ALL, MANWIDTH: "80" };
      const { code, stdout, stderr } = await run("man", ["--warnings=w", "-l", join(folder, page)], { env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(`SEE ALSO`);
    }
  });
});

test("svc(1) has every command, every option and every exit status", async ({ skip }) => {
  skip(!isHere("man"), "man is not on this machine");
  const text = await rendered("svc");
  const program = svcProgram(async () => undefined);
  const commands = program.createHelp().visibleCommands(program);
  expect(commands.length).toBeGreaterThan(20);
  for (const command of commands) {
    expect(text).toMatch(new RegExp(`^ ${command.name()}( |$)`, "m"));
    for (const option of command.options) expect(text).toContain(` ${option.flags.replace(/[<>[\]]/g, "")}`);
  }
  for (const status of [...Object.values(errorCodes), 0, 124]) {
    expect(exitStatuses).toHaveProperty(String(status));
    expect(text).toMatch(new RegExp(`^ ${status} `, "m"));
  }
});

test("svc(1): a command with two usages has both, and every file its path", async ({ skip }) => {
  skip(!isHere("man"), "man is not on this machine");
  const text = await rendered("svc");
  expect(text).toMatch(/^ deploy APP TAG, deploy -f deploy.yml \[APP\] TAG$/m);
  expect(text).toMatch(/^ logs \[UNITS \.\.\.\]$/m);
  const files = /^FILES\n(.*?)^EXAMPLES$/ms.exec(text)?.[1] ?? "";
  expect(files.split("\n").filter((line) => /^ {1,8}\S/.test(line) && !/^ *(\/|[A-Z].*\.$)/.test(line))).toEqual([]);
  expect(files).not.toContain("STATE-DIR");
  expect(roff.get("svc")).not.toContain("** **");
});

test("docker-runner(1) has every option, and the parser takes each", async ({ skip }) => {
  skip(!isHere("man"), "man is not on this machine");
  const text = await rendered("docker-runner");
  const { readRunnerOptions, runnerUsage } = await import("../../src/runner/runner-options.ts");
  for (const { name, short, value } of runnerOptions) {
    expect(text).toContain(`${short === null ? "" : `${short}, `}--${name}`);
    expect(runnerUsage).toContain(`--${name}`);
    const words = value === null ? [`--${name}`] : [`--${name}`, "x"];
    expect(readRunnerOptions([...words, "app", "--task"], {})).toMatchObject({ app: "app", args: ["--task"] });
  }
});

test("svc-unit(5) has every key, with its example", async ({ skip }) => {
  skip(!isHere("man"), "man is not on this machine");
  const text = (await rendered("svc-unit")).replaceAll(/^ +/gm, "");
  for (const { name, example } of allKeyHelp().flatMap((group) => group.keys)) {
    expect(text).toMatch(new RegExp(`^${name}( |$)`, "m"));
    expect(text).toContain(example.replaceAll(/^ +/gm, "").replaceAll(/ +/g, " "));
  }
});
