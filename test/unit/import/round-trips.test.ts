import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { array, assert, asyncProperty, constantFrom, record, string, uniqueArray } from "fast-check";
import { afterAll, expect, test } from "vitest";
import { composeText } from "../../../src/convert/export/compose.ts";
import type { ExportedUnit } from "../../../src/convert/export/exported.ts";
import { runLine } from "../../../src/convert/export/run-lines.ts";
import { systemdText } from "../../../src/convert/export/systemd.ts";
import { systemdWord } from "../../../src/convert/export/systemd-word.ts";
import { printLine } from "../../../src/runner/print-line.ts";
import type { CreateRequest } from "../../../src/unit/docker-run/create-request.ts";
import { createRequestFromFlags } from "../../../src/unit/docker-run/create-request-from-flags.ts";
import { splitWords } from "../../../src/unit/docker-run/split-words.ts";
import { makeFolder, readLines, wordsOf } from "../docker-run/support/lines.ts";
import { keyTable, type Row } from "../unit/support/key-table.ts";
import { comparable, imported, requestOf, root, unitsOf } from "./support/trips.ts";

/** Whatever way a container takes through the formats, the engine is asked for the same one. */
const runs = Number(process.env.SVC_RUNS ?? 120);
const timeout = 120_000 + runs * 500;
const files = makeFolder();
Object.assign(process.env, files.environment);
afterAll(() => {
  for (const folder of [root, files.path]) rmSync(folder, { recursive: true, force: true });
});

const text = string({ unit: constantFrom(..."ab 0.$%\\'\"{}=:#-\n\té€,;*&!@|>i".split("")), maxLength: 12 });
const texts = record({ variable: text, label: text, command: array(text, { maxLength: 3 }) });
// A line with a --name of its own gives the unit another container's name, and one that is no flag is no line.
const lines = readLines().filter((line) => !line.startsWith("! ") && !/--name|^--$/.test(line));

test("a docker run line in a systemd unit, imported, asks for what the flags say", { timeout }, async () => {
  const check = async (chosen: readonly string[], { variable, label, command }: Texts): Promise<void> => {
    const more = [`--env=TEXT=${variable}`, `--label=text=${label}`];
    const words = [...chosen.flatMap((line) => wordsOf(line).slice(0, -1)), ...more];
    const direct = asService(words, command);
    if (!direct || isRefused(direct)) return;
    const line = ["--name", "web", ...words, "busybox:1", ...command].map(systemdWord).join(" ");
    const unit = `[Service]\nWorkingDirectory=${files.path}\nExecStart=docker run ${line}\nExecStop=docker stop web\n`;
    const got = await imported({
      kind: "systemd",
      name: "web",
      file: "/web.service",
      text: unit,
      dropIns: [],
      starters: [],
    });
    expect(comparable(got), unit).toEqual(comparable(direct));
  };
  const plain = { variable: "", label: "", command: [] };
  for (const line of lines) await check([line], plain);
  await assert(asyncProperty(uniqueArray(constantFrom(...lines), { maxLength: 6 }), texts, check), { numRuns: runs });
});

type Texts = { readonly variable: string; readonly label: string; readonly command: readonly string[] };

function asService(words: readonly string[], command: readonly string[]): CreateRequest | null {
  const read = createRequestFromFlags(words, {
    image: "busybox:1",
    command,
    hostEnvironment: process.env,
    workingDirectory: files.path,
    readFile: (path) => readFileSync(path, "utf8"),
    use: "service",
  });
  return read.ok ? read.request : null;
}

/** The engine makes no such container (moby, runconfig/hostconfig_unix.go), and a unit file may not ask for it. */
function isRefused({ body }: CreateRequest): boolean {
  const { NetworkMode: mode, Links, Dns, ExtraHosts, PortBindings } = body.HostConfig ?? {};
  if (mode === "host") return Links !== undefined;
  const { ExposedPorts, Hostname } = body;
  const others = [Links, Dns, ExtraHosts, PortBindings, ExposedPorts, Hostname];
  return String(mode).startsWith("container:") && others.some((one) => one !== undefined);
}

// Rows about other units, and about files beside the unit file, have tests of their own.
const rows = keyTable.filter(({ yaml, files }) => !files && !/^(app|tag_file|auto_remove|restart):/.test(yaml));

test("a unit exported to Compose and imported asks for the same container", { timeout }, () =>
  everyUnit(async (units) => {
    // Compose lets a container be found by the name of its service too.
    if (units.some(({ unit }) => unit.container !== unit.name)) return null;
    const written = await composeText(units);
    // What Compose cannot say is told, and is not there when it comes back.
    if (/# docker run .* has no counterpart|# on the project's own network|# security_opt/.test(written)) return null;
    return imported({ kind: "compose", file: join(root, "compose.yaml"), text: written });
  }),
);

test("a unit exported to systemd and imported asks for the same container", { timeout }, () =>
  everyUnit(async (units) => {
    const written = units.map((one) => ({ name: one.unit.name, ...systemdText(one, printLine) }));
    if (written.some(({ isWhole }) => !isWhole)) return null;
    return imported(
      ...written.map((one) => ({
        kind: "systemd" as const,
        ...one,
        file: `/${one.name}.service`,
        dropIns: [],
        starters: [],
      })),
    );
  }),
);

test("the docker run line of a unit asks for the same container", { timeout }, () =>
  everyUnit(async (units) => {
    const web = units.find(({ unit }) => unit.name === "web");
    // Comments stand before the line, and the restart policy is svc's own in a unit.
    const written = web ? runLine(web, printLine) : null;
    if (!written?.isWhole) return null;
    const line = written.text.replace(/^(#.*\n)+/, "").replace(/ --restart=\S+/, "");
    const split = splitWords(line);
    const read = createRequestFromFlags(split.ok ? split.words.slice(2) : [], {
      image: null,
      command: [],
      hostEnvironment: process.env,
      workingDirectory: "/",
      readFile: (path) => readFileSync(path, "utf8"),
      use: "docker",
    });
    return read.ok ? oneEntrypoint(read.request) : null;
  }),
);

/** Each row of the key table, and mixtures of them, with texts of any kind. `null`: the format cannot say that unit. */
async function everyUnit(trip: (units: readonly ExportedUnit[]) => Promise<CreateRequest | null>): Promise<void> {
  let compared = 0;
  const check = async (chosen: readonly Row[], { variable, label, command }: Texts): Promise<void> => {
    const image = chosen.some(({ yaml }) => yaml.startsWith("image:")) ? "" : "image: site\n";
    const own = new Set(chosen.map(({ yaml }) => yaml.split(":")[0]));
    const asked = { environment: { TEXT: variable }, labels: { text: label }, command };
    const more = Object.entries(asked).filter(([key]) => !own.has(key) && (key !== "command" || command.length > 0));
    const keys = more.map(([key, value]) => `${key}: ${JSON.stringify(value).replaceAll("$", "$$$$")}\n`).join("");
    const web = `${image}${chosen.map(({ yaml }) => `${yaml}\n`).join("")}${keys}`;
    const units = await unitsOf({ "web.yml": web, "db.yml": "image: db\n", "old.yml": "image: old\n" });
    const wanted = requestOf(units, "web");
    if (!wanted) return;
    const got = await trip(units);
    if (got) compared++;
    if (got) expect(comparable(oneEntrypoint(got)), web).toEqual(comparable(oneEntrypoint(wanted)));
  };
  const plain = { variable: "", label: "", command: [] };
  for (const row of rows) await check([row], plain);
  const keyOf = ({ yaml }: Row): string => yaml.split(":")[0] ?? "";
  const mixtures = uniqueArray(constantFrom(...rows), { maxLength: 6, selector: keyOf });
  await assert(asyncProperty(mixtures, texts, check), { numRuns: runs });
  expect(compared).toBeGreaterThan(rows.length / 2);
}

/** The engine runs the words of entrypoint and command one after the other. */
function oneEntrypoint(request: CreateRequest): CreateRequest {
  const { Entrypoint: entrypoint, Cmd = [], ...body } = request.body;
  if (!Array.isArray(entrypoint) || entrypoint.length < 2) return request;
  const [first, ...rest] = entrypoint as readonly string[];
  return { ...request, body: { ...body, Entrypoint: [first ?? ""], Cmd: [...rest, ...Cmd] } as CreateRequest["body"] };
}
