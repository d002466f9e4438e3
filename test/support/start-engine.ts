import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

/** Starts a Docker engine where none answers; returns what ends it again. */
export async function startEngine(): Promise<() => Promise<void>> {
  if (answers()) return async () => undefined;
  console.log("no Docker engine answers: one is started");
  const engine = spawn("dockerd", [], { stdio: "ignore", detached: true });
  let ended = false;
  engine.on("error", () => {
    ended = true;
  });
  engine.on("exit", () => {
    ended = true;
  });
  for (let tries = 0; tries < 120 && !ended; tries++) {
    if (answers()) {
      return async () => {
        engine.kill("SIGTERM");
        if (!ended) await once(engine, "exit");
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(
    "no Docker engine could be started. Debian's: apt-get install docker.io iptables busybox-static; and be root",
  );
}

function answers(): boolean {
  try {
    execFileSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
