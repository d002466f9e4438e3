import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findApp } from "../../../src/runner/find-app.ts";
import { printLine } from "../../../src/runner/print-line.ts";
import type { CreateRequest, Json } from "../../../src/unit/docker-run/create-request.ts";
import { oneOff } from "../../../src/unit/one-off.ts";
import { program } from "../../support/program.ts";
import { normalise } from "../docker-run/support/normalise.ts";
import { cliMajor, recordCreate } from "../docker-run/support/recording-engine.ts";
import { type App, apps, unsayable } from "./support/apps.ts";

/** The line for --print, run by a shell and the real docker CLI, makes the request that docker-runner itself makes. */
const folder = mkdtempSync(join(tmpdir(), "svc-print-"));
const folders = { units: join(folder, "units"), defaultDir: join(folder, "default"), wwwDir: join(folder, "www") };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

write("units/relay.yml", "image: relay:1\ncontainer_name: relay-of-this-host\n");
write("default/shared", "IMAGE=shared\nTAG=3\nSECRET='it''s'\n");
write("profile.json", '{"defaultAction": "SCMP_ACT_ALLOW"}');

test.skipIf(cliMajor() !== 28)(
  `the line of ${apps.length} apps makes the request that docker-runner makes`,
  { timeout: 300_000 },
  async () => {
    const waiting = [...apps.entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await compare(next[1], next[0]);
    };
    await Promise.all([work(), work(), work()]);
  },
);

/** In turns with the ports and without. */
async function compare(app: App, at: number): Promise<void> {
  const name = writeApp(`app${at}`, app);
  const { args = [] } = app;
  const { container, launch } = await findApp(name, folders);
  if (!launch.ok) throw new Error(launch.message);
  const { request } = oneOff(launch, { name: container, args, terminal: null, servicePorts: at % 2 === 0 });
  const printed = printLine(request, launch.pull);
  if (!printed.ok) throw new Error(`${name}: ${printed.unsayable}`);
  const socket = join(folder, `${name}.sock`);
  const DOCKER_HOST = `unix://${socket}`;
  const ours = await recordCreate(
    socket,
    async () => void (await runner([...(at % 2 === 0 ? ["--service-ports"] : []), name, ...args], DOCKER_HOST)),
  );
  const theirs = await recordCreate(socket, async () => void (await run("sh", ["-c", printed.line], DOCKER_HOST)));
  expect(ours, name).not.toBeNull();
  expect(comparable(theirs), printed.line).toEqual(comparable(ours));
}

test.each(unsayable)("what docker run cannot say is told, and no line is printed: %o", async (app, field) => {
  const printed = await runner(["--print", writeApp(`unsayable-${field}`, app)]);
  expect(printed).toEqual({ code: 125, stdout: "", stderr: `# docker run cannot say this: ${field}\n` });
});

function writeApp(name: string, { unit, env, tag }: App): string {
  if (unit !== undefined) write(`units/${name}.yml`, unit.replaceAll("FOLDER", folder));
  if (env !== undefined) write(`default/${name}`, env);
  if (tag !== undefined) write(`www/${name}/TAG`, tag);
  return name;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function runner(args: readonly string[], host?: string): Promise<Ended> {
  return run(program, ["run", ...args], host);
}

function run(program: string, args: readonly string[], host = "unix:///nowhere"): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      DOCKER_HOST: host,
      SVC_UNITS: folders.units,
      SVC_DEFAULT_DIR: folders.defaultDir,
      SVC_WWW_DIR: folders.wwwDir,
    };
    const child = spawn(program, [...args], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (chunk: Buffer) => {
        text[name] += chunk.toString();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 255, ...text }));
  });
}

type Fields = CreateRequest["body"] & {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[] | null;
};

/**
 * Without the labels by which docker-runner knows its own, and the platform, which dockerode repeats in the body. The engine runs
 * entrypoint and command as one list.
 */
function comparable(request: CreateRequest | null): Json {
  if (request === null) return null;
  const { Labels, Entrypoint, Cmd, platform: _, ...body } = request.body as Fields;
  const labels = Object.entries(Labels ?? {}).filter(([name]) => !name.startsWith("svc.oneoff"));
  const words = Entrypoint?.[0]
    ? { Cmd: [...Entrypoint, ...(Cmd ?? [])] }
    : { Cmd: Cmd ?? [], ...(Entrypoint ? { Entrypoint } : {}) };
  return normalise({ ...request, body: { ...body, ...words, Labels: Object.fromEntries(labels) } });
}
