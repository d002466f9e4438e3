import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { openFiles } from "../../src/daemon/open-files.ts";
import { type ExitRecords, exitRecords } from "../../src/daemon/output/exit-records.ts";
import { keepRuns } from "../../src/daemon/runs.ts";
import { keepUncut } from "../../src/daemon/uncut.ts";
import { dockerEngine } from "../../src/engine/docker/docker-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { unit } from "../support/build.ts";
import { engineAndFolder } from "../support/engine-and-folder.ts";
import { until } from "../support/until.ts";

const here = engineAndFolder();

async function runsOn(engine: Engine, records?: ExitRecords, uncut = keepUncut()) {
  return keepRuns({
    engine,
    clock: systemClock(),
    logFolder: here.folder,
    records: records ?? (await exitRecords(here.folder)),
    files: openFiles(),
    warn: () => undefined,
    count: uncut.count,
    afterEnd: async () => undefined,
  });
}

test("last output that does not come in time is read from the engine's own log, before the container goes", async () => {
  const docker = dockerEngine();
  // An engine that has too much to do: of what is written after the first line nothing comes, and no end.
  const slow: Engine = {
    ...docker,
    attach(id, options) {
      let sent = false;
      const onOutput: typeof options.onOutput = (stream, chunk) => {
        if (!sent) options.onOutput(stream, chunk.subarray(0, chunk.indexOf(10) + 1));
        sent = true;
      };
      return docker.attach(id, { ...options, onOutput, onEnd: () => undefined });
    },
  };
  const name = `${here.real.prefix}-late`;
  const runs = await runsOn(slow);
  const body = {
    Image: here.real.image,
    Cmd: ["sh", "-c", "echo one; sleep 0.3; echo two; echo three; echo four >&2"],
  };
  const { id } = await slow.create({ name, platform: null, body });
  await runs.attach(unit(name), id, false);
  const { exit } = await docker.wait(id, "next-exit");
  await docker.start(id);
  runs.began(id, await docker.inspect(id));
  await exit;
  const end = { unit: name, container: id, image: "", tag: null, startedAt: null, endedAt: Date.now(), code: 0 };
  await runs.ended({ ...end, signal: null, oom: false, by: "itself", words: "exit 0" }, unit(name), null);
  await docker.remove(id);
  await runs.close();
  const lines = (await readFile(join(here.folder, `${name}.log`), "utf8")).trimEnd().split("\n");
  const written = lines.map((line) => line.replace(/^\S+ /, "")).filter((line) => !line.startsWith("svc"));
  expect(written.slice(0, 1)).toEqual(["out one"]);
  expect(written.slice(1).sort()).toEqual(["err four", "out three", "out two"]);
});

test("what a container wrote whose start was refused all the same is kept: it did run", async () => {
  const docker = dockerEngine();
  // What it writes comes later than the refusal.
  const slow: Engine = {
    ...docker,
    attach: (id, options) =>
      docker.attach(id, {
        ...options,
        onOutput: (stream, chunk) => void setTimeout(() => options.onOutput(stream, chunk), 200),
        onEnd: () => void setTimeout(options.onEnd, 300),
      }),
  };
  const name = `${here.real.prefix}-refused`;
  const runs = await runsOn(slow);
  const body = { Image: here.real.image, Cmd: ["sh", "-c", "echo one; echo two; sleep 600"] };
  const { id } = await slow.create({ name, platform: null, body });
  await runs.attach(unit(name), id, false);
  await docker.start(id);
  await until(async () => (await here.real.docker("logs", id)).stdout.includes("two"));
  await docker.remove(id);
  await runs.forget(id, "the engine was too busy");
  await runs.close();
  const text = await readFile(join(here.folder, `${name}.log`), "utf8");
  expect(text.match(/ out (one|two)$/gm)).toEqual([" out one", " out two"]);
  expect(text).toContain("it did not start: the engine was too busy");
});

test("a program that takes this one's place waits for the record of an end, whose last output may be late", async () => {
  const docker = dockerEngine();
  const silent: Engine = {
    ...docker,
    attach: (id, options) => docker.attach(id, { ...options, onEnd: () => undefined }),
  };
  const name = `${here.real.prefix}-dead`;
  const records = await exitRecords(here.folder);
  const uncut = keepUncut();
  const runs = await runsOn(silent, records, uncut);
  const { id } = await docker.create({ name, platform: null, body: { Image: here.real.image, Cmd: ["true"] } });
  await runs.attach(unit(name), id, false);
  const { exit } = await docker.wait(id, "next-exit");
  await docker.start(id);
  await exit;
  const end = { unit: name, container: id, image: "", tag: null, startedAt: null, endedAt: Date.now(), code: 0 };
  void runs.ended({ ...end, signal: null, oom: false, by: "itself", words: "exit 0" }, unit(name), null);
  const told: string[] = [];
  expect(await uncut.stand((what) => told.push(...what), new AbortController().signal)).toBe(true);
  expect(told).toEqual([`the exit record of ${name}`]);
  expect(records.last(name)).toMatchObject({ container: id });
  await runs.close();
});
