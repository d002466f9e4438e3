import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cpuOf, pause } from "../process.ts";
import { interleave } from "../rounds.ts";
import { type Row, svc } from "../row.ts";
import { inWorkshop, type Workshop } from "../workshop.ts";

const burstMb = 200;
const lineBytes = 100;
const burstLines = (burstMb * 1_000_000) / lineBytes;
/** As fast as the container can. */
const burst = ["sh", "-c", `busybox yes ${"x".repeat(lineBytes - 1)} | busybox head -n ${burstLines}`];
const writers = 100;
const linesASecond = 1_000;
const seconds = 10;
const steady = [
  "sh",
  "-c",
  `i=0; while [ $i -lt ${seconds * 2} ]; do busybox seq $((i*500+1)) $((i*500+500)); sleep 0.5; i=$((i+1)); done; sleep 3600`,
];
const engineLog = "json-file";
const large = { log: { max_size: "2g" } };

/** What svc spends on a line beside what the engine's own log does; and whether all of them come through. */
export const logs: Row = {
  name: "logs",
  run: (rounds) =>
    inWorkshop(async (workshop) => {
      const { host } = workshop;
      const lost: number[] = [];
      await host.startDaemon();
      const measured = await interleave(rounds(5), [
        {
          name: svc,
          async once(round) {
            const name = `burst-${round}`;
            await host.unit(name, { type: "task", command: burst, options: "--log-driver none", ...large });
            const before = cpuOf(host.pid);
            await startAndEnd(workshop, name);
            const spent = cpuOf(host.pid) - before;
            lost.push(burstLines - (await linesOf(workshop, name)));
            return (spent * 100) / burstMb;
          },
        },
        { name: engineLog, once: async (round) => cpuOfEngineLog(workshop, round) },
      ]);
      return [
        {
          work: `a burst of ${burstMb} MB from one container: CPU time for 100 MB`,
          unit: "ms",
          ...measured,
          goals: [{ of: engineLog, atMost: 1 }],
        },
        { work: "the same: lines lost", unit: "lines", measured: { [svc]: lost }, goals: [{ of: null, atMost: 0 }] },
        {
          work: `${writers} containers, each with ${linesASecond} lines a second: lines lost`,
          unit: "lines",
          measured: { [svc]: [await lostOfMany(workshop)] },
          goals: [{ of: null, atMost: 0 }],
        },
      ];
    }),
};

/** Resolves when it has ended, and all of it is written. */
async function startAndEnd({ host, events }: Workshop, name: string): Promise<void> {
  await host.ask("reload", {});
  const over = events.next("destroy", host.name(name));
  await host.ask("start", { names: [host.name(name)], wait: false });
  await over;
  await pause(500);
}

async function linesOf({ host }: Workshop, name: string): Promise<number> {
  const bytes = await readFile(join(host.folder, "log", `${host.name(name)}.log`));
  let count = 0;
  for (let at = bytes.indexOf(" out "); at >= 0; at = bytes.indexOf(" out ", at + 5)) count++;
  return count;
}

/** The engine with its log, less the same without: what the log takes. */
async function cpuOfEngineLog(workshop: Workshop, round: number): Promise<number> {
  const { host } = workshop;
  const pid = Number(readFileSync("/var/run/docker.pid", "utf8"));
  const spent: { [driver: string]: number } = {};
  for (const driver of [engineLog, "none"]) {
    const container = host.name(`${driver}-${round}`);
    const before = cpuOf(pid);
    await host.engine.docker("run", "-d", "--name", container, "--log-driver", driver, host.engine.image, ...burst);
    await host.engine.docker("wait", container);
    spent[driver] = cpuOf(pid) - before;
    await host.engine.docker("rm", "-f", container);
  }
  return (((spent[engineLog] ?? 0) - (spent.none ?? 0)) * 100) / burstMb;
}

async function lostOfMany(workshop: Workshop): Promise<number> {
  const { host, events } = workshop;
  const names = Array.from({ length: writers }, (_, number) => `writer-${number}`);
  for (const name of names)
    await host.unit(name, { command: steady, stop_grace_period: "0s", ready: { after: "0s" }, network_mode: "none" });
  await host.ask("reload", {});
  const full = names.map((name) => host.name(name));
  const last = events.last("start", full);
  await host.ask("start", { names: full, wait: false });
  await last;
  await pause((seconds + 5) * 1_000);
  let lost = writers * seconds * linesASecond;
  for (const name of names) lost -= await linesOf(workshop, name);
  return lost;
}
