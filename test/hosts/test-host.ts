import { join } from "node:path";
import { request } from "../../src/control/client.ts";
import type { Ask, RequestName, Result, UnitStatus } from "../../src/control/request.ts";
import { must, type Ran, run } from "../support/real-engine.ts";
import { until } from "../support/until.ts";
import { hostImage } from "./image.ts";

/** A whole host: systemd as PID 1, an engine of its own, svc installed by install.sh. It is driven from outside. */
export type TestHost = {
  readonly name: string;
  /** A shell command on the host. Throws when it fails. */
  sh(command: string, input?: string): Promise<string>;
  /** The same, with its exit code. */
  tries(command: string): Promise<Ran>;
  /** A unit of the host's small image, which ends at once when it is told to. */
  unit(name: string, change?: object): Promise<void>;
  /** Many of them at once. */
  units(changes: { readonly [name: string]: object }): Promise<void>;
  /** `svc start` of these, which must succeed. */
  start(...units: string[]): Promise<void>;
  /** The path by which the socket of svc is reached from here. */
  socket(): Promise<string>;
  /** A request on it, with no program in between. */
  ask<N extends RequestName>(name: N, ask: Ask<N>): Promise<Result<N>>;
  list(): Promise<readonly UnitStatus[]>;
  /** Resolves when all units are as stated, by name. */
  are(wanted: { readonly [unit: string]: Partial<UnitStatus> }, within?: number): Promise<void>;
  /** The ids of the containers of these units, by unit. */
  containers(): Promise<{ readonly [unit: string]: string }>;
  /** Container names, those that do not run too, one for each container. */
  names(): Promise<readonly string[]>;
  /** The main process of svc, as the host numbers it. */
  pid(): Promise<number>;
  svcAnswers(within?: number): Promise<void>;
  engineAnswers(within?: number): Promise<void>;
  /** The host loses its power, and gets it back. Resolves when systemd has started all it starts. */
  powerCut(): Promise<void>;
  powerOn(): Promise<void>;
  reboot(): Promise<void>;
  /** As it was when it was installed: no unit, no container, no state. */
  clean(): Promise<void>;
  remove(): Promise<void>;
};

const repository = join(import.meta.dirname, "../..");
const idle = ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"];

/** Boots a host and installs svc on it from this checkout, whose dist/svc must be built. */
export async function startHost(): Promise<TestHost> {
  const image = await hostImage();
  const name = `svct-${process.pid}-host-${Math.random().toString(36).slice(2, 6)}`;
  await docker("run", "-d", "--name", name, ...likeAMachine, "-v", `${repository}:/opt/svc:ro`, image);
  const host = hostNamed(name);
  try {
    await booted(host);
    await host.sh("/opt/svc/install.sh");
    await host.sh(makeImage);
    return host;
  } catch (error) {
    await host.remove();
    throw error;
  }
}

/** What lets systemd and an engine run in a container; not `--privileged`, which asks for more. */
const likeAMachine = [
  ...["--cap-add=ALL", "--cap-drop=SYS_RESOURCE"],
  ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
  ...["--device-cgroup-rule", "a *:* rwm", "--cgroupns=host", "-e", "container=docker"],
  ...["-v", "/sys/fs/cgroup:/sys/fs/cgroup:rw", "--tmpfs", "/run", "--tmpfs", "/tmp:exec", "-v", "/var/lib/docker"],
];

/** The image `small`, of busybox alone. */
const makeImage = `
rm -rf /tmp/small && mkdir -p /tmp/small/bin /tmp/small/tmp && cp /bin/busybox /tmp/small/bin/
for name in sh sleep cat echo env httpd nc wget kill true false dd head; do ln -s busybox /tmp/small/bin/$name; done
tar -C /tmp/small -c . | docker import - small >/dev/null
`;

const docker = (...args: string[]): Promise<string> => must("docker", args);

function hostNamed(name: string): TestHost {
  /** The host's first process, as this machine numbers it: its files are reached through it. */
  let root: Promise<string> | null = null;
  const socket = async (): Promise<string> => {
    root ??= docker("inspect", "-f", "/proc/{{.State.Pid}}/root", name);
    return `${(await root).trim()}/run/svc/svc.sock`;
  };
  const tries: TestHost["tries"] = (command) => run("docker", ["exec", "-i", name, "sh", "-c", command]);
  const host: TestHost = {
    name,
    socket,
    tries,
    async sh(command, input) {
      const { code, stdout, stderr } = await run("docker", ["exec", "-i", name, "sh", "-ec", command], {
        ...(input === undefined ? {} : { input }),
      });
      if (code !== 0) throw new Error(`${command}\nexit ${code}: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`);
      return stdout;
    },
    unit: (unit, change = {}) => host.units({ [unit]: change }),
    async units(changes) {
      const files = Object.entries(changes).map(([unit, change]) => {
        const keys = { image: "small", command: idle, stop_grace_period: "2s", ready: { after: "100ms" }, ...change };
        const file = `/etc/svc/units/${unit}.yml`;
        return `cat >${file}.new <<'UNIT'\n${JSON.stringify(keys)}\nUNIT\nmv ${file}.new ${file}\n`;
      });
      await host.sh(`sh -e`, files.join(""));
    },
    async start(...units) {
      await host.sh(`svc start ${units.join(" ")}`);
    },
    ask: async (what, ask) => request(await socket(), what, ask),
    list: () => host.ask("list", {}),
    async are(wanted, within = 120_000) {
      let seen: readonly UnitStatus[] = [];
      await until(
        async () => {
          seen = await host.list().catch(() => []);
          return Object.entries(wanted).every(([unit, as]) => {
            const status = seen.find((one) => one.name === unit);
            return status && Object.entries(as).every(([key, value]) => status[key as keyof UnitStatus] === value);
          });
        },
        {
          within,
          seen: () => [wanted, seen.map(({ name, phase, because, restarts }) => ({ name, phase, because, restarts }))],
        },
      );
    },
    async containers() {
      const found: { [unit: string]: string } = {};
      for (const { name: unit, container } of await host.list()) if (container) found[unit] = container;
      return found;
    },
    async names() {
      return (await host.sh("docker ps -a --format '{{.Names}}'")).split("\n").filter(Boolean).sort();
    },
    async pid() {
      return Number(await host.sh("systemctl show -P MainPID svc"));
    },
    async svcAnswers(within = 60_000) {
      await until(() => host.ask("version", {}).catch(() => null), { within });
    },
    async engineAnswers(within = 60_000) {
      await until(async () => (await host.tries("docker info >/dev/null 2>&1")).code === 0, { within });
    },
    async powerCut() {
      await docker("kill", name);
      root = null;
    },
    async powerOn() {
      await docker("start", name);
      root = null;
      await booted(host);
    },
    async reboot() {
      await host.tries("systemctl reboot");
      await docker("wait", name);
      await host.powerOn();
    },
    async clean() {
      await host.sh(cleanUp);
      await host.svcAnswers();
      await host.are({});
    },
    async remove() {
      await run("docker", ["rm", "-fv", name]);
    },
  };
  return host;
}

const cleanUp = `
systemctl kill -s KILL svc; systemctl stop svc docker docker.socket 2>/dev/null || true
rm -rf /etc/systemd/system/svc.service.d /run/systemd/system/svc.service.d /etc/docker/daemon.json
mountpoint -q /var/lib/svc && umount /var/lib/svc; mountpoint -q /var/log/svc && umount /var/log/svc
rm -rf /var/lib/svc/* /var/log/svc/* /etc/svc/units/* /etc/default/svc /var/www
systemctl daemon-reload; systemctl reset-failed; systemctl start docker
docker ps -aq | xargs -r docker rm -fv >/dev/null
systemctl start svc
`;

async function booted(host: TestHost): Promise<void> {
  await until(async () => /^(running|degraded)/.test((await host.tries("systemctl is-system-running")).stdout), {
    within: 120_000,
  });
}
