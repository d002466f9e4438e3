// From a process's death to its successor running: svc beside the engine's own --restart=always, in turn, on one engine.
//   npm run build && node test/bench/die-to-running.mjs [rounds]
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const rounds = Number(process.argv[2] ?? 20);
const prefix = `svcb-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), "svc-bench-"));
const docker = (...args) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const pidOf = (name) => Number(docker("inspect", "-f", "{{.State.Pid}}", name));

mkdirSync(join(folder, "image/bin"), { recursive: true });
execFileSync("cp", ["/bin/busybox", join(folder, "image/bin/sleep")]);
execFileSync("sh", ["-c", `tar -C ${folder}/image -c . | docker import - ${prefix}:1`]);
mkdirSync(join(folder, "units"));
writeFileSync(
  join(folder, `units/${prefix}-svc.yml`),
  `image: ${prefix}:1\ncommand: sleep 1000\nrespawn_limit: 100 in 5s\nready: {after: 0s}\n`,
);
const daemon = spawn(
  "dist/svc",
  [
    "daemon",
    "--units",
    join(folder, "units"),
    "--socket",
    join(folder, "s"),
    "--state-dir",
    join(folder, "state"),
    "--log-dir",
    join(folder, "log"),
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const events = spawn("docker", [
  "events",
  "--filter",
  "type=container",
  "--format",
  "{{.TimeNano}} {{.Action}} {{.Actor.Attributes.name}}",
]);
const waiting = [];
createInterface({ input: events.stdout }).on("line", (line) => {
  const [time, action, name] = line.split(" ");
  for (const one of waiting) one(Number(BigInt(time) / 1000n) / 1000, action, name);
});
try {
  const first = seen("start", `${prefix}-svc`);
  await once(daemon.stdout, "data");
  await first;
  docker("run", "-d", "--restart=always", "--name", `${prefix}-engine`, `${prefix}:1`, "sleep", "1000");
  const times = { svc: [], engine: [] };
  for (let round = 0; round < rounds; round++) {
    for (const who of ["svc", "engine"]) times[who].push(await killed(`${prefix}-${who}`));
    // The engine doubles its delay, and svc its own, unless a container ran for more than 10 s.
    await new Promise((resolve) => setTimeout(resolve, 10_500));
  }
  const [svc, engine] = [median(times.svc), median(times.engine)];
  console.log(
    `median of ${rounds}: svc ${svc.toFixed(0)} ms, --restart=always ${engine.toFixed(0)} ms, ratio ${(svc / engine).toFixed(2)}`,
  );
} finally {
  daemon.kill("SIGTERM");
  await once(daemon, "exit");
  events.kill();
  execFileSync(
    "sh",
    ["-c", `docker rm -fv $(docker ps -aq --filter name=${prefix}) 2>/dev/null; docker rmi -f ${prefix}:1`],
    { stdio: "ignore" },
  );
  rmSync(folder, { recursive: true, force: true });
}

async function killed(name) {
  const death = seen("die", name);
  const start = seen("start", name);
  process.kill(pidOf(name), "SIGKILL");
  const diedAt = await death;
  return (await start) - diedAt;
}

function seen(action, name) {
  return new Promise((resolve) => {
    const look = (time, what, who) => {
      if (what !== action || who !== name) return;
      waiting.splice(waiting.indexOf(look), 1);
      resolve(time);
    };
    waiting.push(look);
  });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}
