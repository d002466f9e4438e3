import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { writtenLines } from "../log-lines.ts";
import { aHost, scenario, timed } from "../scenario.ts";

/**
 * Many units, and one of them killed again and again. `SVC_SOAK_MINUTES=60 npm run test:hosts -- soak` for an hour of it.
 * What a container has written it counts in a file after the line, so that a line that is lost is found out. Its name it reads
 * without a process of its own: one that was killed in place of its parent would leave it without a name.
 */
const host = aHost();
const minutes = Number(process.env.SVC_SOAK_MINUTES ?? 10);
const units = 100;
const everyMs = 100;

const writer = `trap 'exit 0' TERM
i=0; read run </proc/sys/kernel/random/uuid
while :; do
  n=0; while [ $n -lt 20 ]; do i=$((i+1)); n=$((n+1)); echo $run $i; done
  echo $i >/count/$run; sleep 1
done`;

scenario(
  `${units} units, one random kill -9 every ${everyMs} ms, for ${minutes} minutes`,
  {
    survives: "no unit left down, no name conflict, no line lost; memory and files of svc stay as they were",
    timeout: (minutes + 15) * 60_000,
  },
  async (told) => {
    await host.clean();
    const names = Array.from({ length: units }, (_, index) => `u${String(index).padStart(2, "0")}`);
    await host.sh(`rm -rf /var/count; mkdir -p ${names.map((name) => `/var/count/${name}`).join(" ")}`);
    const keys = { command: ["sh", "-c", writer], respawn_limit: "unlimited" };
    const all = names.map((name, index) => {
      const below = index % 5 === 0 ? {} : { depends_on: [names[index - 1]] };
      return [name, { ...keys, volumes: [`/var/count/${name}:/count`], ...below }];
    });
    await host.units(Object.fromEntries(all));
    await host.start(...names);
    const pid = await host.pid();
    const usage = async () => {
      const status = await host.sh(`cat /proc/${pid}/status; ls /proc/${pid}/fd | wc -l`);
      return {
        rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
        files: Number(status.trim().split("\n").at(-1)),
      };
    };
    const allUp = await usage();
    const samples: { readonly rssMb: number; readonly files: number }[] = [];
    const killing = killSome(minutes * 60_000);
    for (let minute = 0; minute < minutes; minute++) {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      samples.push(await usage());
      console.log(`minute ${minute + 1}: ${JSON.stringify(samples.at(-1))}`);
    }
    const kills = await killing;
    for (let kill = 0; kill < kills; kill++) told.fault();
    told.fault(
      await timed(() => host.are(Object.fromEntries(names.map((name) => [name, { phase: "up" } as const])), 180_000)),
    );
    told.lostUnits((await host.list()).filter(({ phase }) => phase !== "up").length);
    expect(await host.names()).toEqual(names);
    expect(await host.sh("journalctl -u svc -o cat | grep -ci 'conflict' || true")).toBe("0\n");
    // Half way is when everything has been seen once; a unit that waits for its next try has no files open.
    const [halfWay, last] = [samples[Math.floor(samples.length / 2)], await usage()];
    expect(last.rssMb - (halfWay?.rssMb ?? 0)).toBeLessThan(20);
    expect(last.files - allUp.files).toBeLessThan(20);
    await host.sh("svc stop --all");
    const lost = await lostLines(names);
    told.lostLines(lost.length);
    expect(lost).toEqual([]);
  },
);

/** Lines that a container counted after it wrote them, and that are not in the log once and in order, each in words. */
async function lostLines(names: readonly string[]): Promise<readonly string[]> {
  const counted = await host.sh("cd /var/count && grep -H . */*");
  const lost: string[] = [];
  for (const name of names) {
    const seen = new Map<string, number>();
    for (const line of await writtenLines(host, name)) {
      const [run = "", number = ""] = line.split(" ");
      const before = seen.get(run) ?? 0;
      if (Number(number) !== before + 1) lost.push(`${name}: ${run}: ${number} comes after ${before}`);
      seen.set(run, Number(number));
    }
    for (const [, run = "", count = ""] of counted.matchAll(new RegExp(`^${name}/(\\S+):(\\d+)$`, "gm"))) {
      for (let number = (seen.get(run) ?? 0) + 1; number <= Number(count); number++)
        lost.push(`${name}: ${run}: ${number} of ${count} is not there`);
    }
  }
  return lost;
}

/** Kills the main process of a random container of a unit again and again; resolves with how often. */
async function killSome(forMs: number): Promise<number> {
  const end = performance.now() + forMs;
  let kills = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let pids: number[] = [];
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    // The host's processes are this machine's too, with numbers of their own.
    if (performance.now() - lookedAt > 1_000) {
      pids = writers();
      lookedAt = performance.now();
    }
    const [pid] = pids.splice(Math.floor(Math.random() * pids.length), 1);
    if (pid === undefined) continue;
    try {
      process.kill(pid, "SIGKILL");
      kills++;
    } catch {
      // It has ended since.
    }
  }
  return kills;
}

function writers(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").startsWith(`sh\0-c\0${writer}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}
